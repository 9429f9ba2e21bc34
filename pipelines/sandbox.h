/* What the pipeline process gives up once its files and threads can be made: it decodes what
 * strangers sent, so it must not be worth taking over.
 *
 * No new privileges, no capabilities, no core dumps, bounded descriptors and memory; a seccomp
 * filter that lets through what recording needs and answers everything else (sockets, programs,
 * other processes, mounts …) with EPERM; and, where the kernel has Landlock, no file outside its
 * own folder. Before any thread is started.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
  bool seccomp, landlock;
} SandboxState;

/* dir: the one folder that may be written and read from now on. False and error when the filter
 * could not be set; state tells what is in force. Built with a sanitizer, which needs more of the
 * system, only limits and capabilities are set. */
bool sandbox_enter(const char *dir, SandboxState *state, GError **error);
