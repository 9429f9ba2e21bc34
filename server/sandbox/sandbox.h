/* What a process gives up that decodes what strangers sent, so that it is not worth taking over:
 * the pipelines once their files and threads can be made, the reader of tables at once.
 *
 * No new privileges, no capabilities, no core dumps, bounded descriptors and memory; a seccomp
 * filter that lets through what recording needs, or reading needs, and answers everything else
 * (sockets, programs, other processes, mounts …) with EPERM; and, where the kernel has Landlock, no
 * file outside its own folder. Before any thread is started.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  bool seccomp, landlock;
} SandboxState;

/* dir: the one folder that may be written and read from now on. False and error when the filter
 * could not be set; state tells what is in force. Built with a sanitizer, which needs more of the
 * system, only limits and capabilities are set. */
bool sandbox_enter(const char *dir, SandboxState *state, GError **error);

/* The same for who only reads and writes the descriptors that it has and computes: no file is
 * opened any more, no thread begun. most_*: of address space, of each file written, of processor
 * time. */
bool sandbox_enter_pure(uint64_t most_memory_bytes, uint64_t most_file_bytes, unsigned most_cpu_s,
                        SandboxState *state, GError **error);

/* The same for who then becomes another program (execve), one that is not ours and wants much of
 * the system, such as an office suite: it reads and runs what is installed, writes only in dir, has
 * threads, but begins no process, limits no other, and has no socket but streams that lead nowhere.
 * Without Landlock it would read and write what its user may, the database among it: false and
 * error then. */
bool sandbox_enter_program(const char *dir, uint64_t most_memory_bytes, uint64_t most_file_bytes,
                           unsigned most_cpu_s, SandboxState *state, GError **error);

/* Whether the system has what sandbox_enter_program needs. Any thread. */
bool sandbox_can_hold_program(void);

#define SANDBOX_ERROR sandbox_error_quark()
GQuark sandbox_error_quark(void);
