#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

G_DEFINE_QUARK(yishi - sandbox - error - quark, sandbox_error)

#define FILES_MAX 4096
#define MEMORY_MAX_BYTES                                                                           \
  (8ull << 30) /* of address space: arenas and thread stacks are mostly air */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* What GLib, GStreamer's core, libopus, libvpx and libc call while recording, closing and hashing
 * (traced), and their usual alternatives. */
static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(fstatfs),
    SCMP_SYS(statfs),
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(fcntl),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fallocate),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(getdents64),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd),
    SCMP_SYS(umask),
    SCMP_SYS(dup),
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(mprotect),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(membarrier),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getcpu),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(sched_getscheduler),
    SCMP_SYS(sched_getattr),
    SCMP_SYS(getrusage),
    SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(eventfd2),
    SCMP_SYS(pipe2),
    SCMP_SYS(recvmsg),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(shutdown),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* What libc, zlib, libarchive on memory and libxml2 call while they compute. */
static const int allowed_pure[] = {
    SCMP_SYS(read),          SCMP_SYS(write),
    SCMP_SYS(close),         SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),    SCMP_SYS(lseek),
    SCMP_SYS(mmap),          SCMP_SYS(munmap),
    SCMP_SYS(mremap),        SCMP_SYS(madvise),
    SCMP_SYS(brk),           SCMP_SYS(futex),
    SCMP_SYS(getpid),        SCMP_SYS(gettid),
    SCMP_SYS(rt_sigaction),  SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime), SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),          SCMP_SYS(exit_group),
};

/* What LibreOffice calls beside those of recording while it converts (traced). */
static const int allowed_program[] = {
    SCMP_SYS(execve),     SCMP_SYS(arch_prctl),   SCMP_SYS(mkdir),     SCMP_SYS(rmdir),
    SCMP_SYS(dup2),       SCMP_SYS(fadvise64),    SCMP_SYS(fchmod),    SCMP_SYS(mlock),
    SCMP_SYS(getegid),    SCMP_SYS(getpgrp),      SCMP_SYS(getresuid), SCMP_SYS(getresgid),
    SCMP_SYS(flock),      SCMP_SYS(epoll_create), SCMP_SYS(pipe),      SCMP_SYS(readahead),
    SCMP_SYS(link),       SCMP_SYS(symlink),      SCMP_SYS(mkdirat),   SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt), SCMP_SYS(wait4),
};

static bool fail(GError **error, const char *what, int code) {
  g_set_error(error, SANDBOX_ERROR, 0, "%s: %s", what, g_strerror(code));
  return false;
}

static void set_limit(__rlimit_resource_t resource, rlim_t value) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) < 0)
    return;
  limit.rlim_max = MIN(limit.rlim_max, value);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(resource, &limit);
}

static bool drop_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
  for (int i = 0; i <= CAP_LAST_CAP; i++)
    prctl(PR_CAPBSET_DROP, i, 0, 0, 0); /* refused without CAP_SETPCAP: then there are none */
  return syscall(SYS_capset, &header, none) == 0;
}

static bool allow(scmp_filter_ctx filter, const int *calls, unsigned count) {
  for (unsigned i = 0; i < count; i++)
    if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) < 0)
      return false;
  return true;
}

static bool add_pure_rules(scmp_filter_ctx filter) {
  return allow(filter, allowed_pure, G_N_ELEMENTS(allowed_pure)) &&
         seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                          SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())) == 0;
}

static bool add_rules(scmp_filter_ctx filter) {
  if (!allow(filter, allowed, G_N_ELEMENTS(allowed)))
    return false;
  /* Threads, not processes. clone3 hides its flags in memory: ENOSYS makes libc use clone. */
  if (seccomp_rule_add(
          filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
          SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM)) < 0 ||
      seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) < 0)
    return false;
  /* Thread names only; limits may be read; signals (abort) to itself only. */
  pid_t self = getpid();
  /* GStreamer wakes its bus through a socket pair. A pair of streams leads nowhere else; one of
   * datagrams could send to any address. */
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 2,
                          SCMP_A0(SCMP_CMP_EQ, AF_UNIX),
                          SCMP_A1(SCMP_CMP_MASKED_EQ, 0xF, SOCK_STREAM)) == 0 &&
         seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
                          SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)) == 0 &&
         seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
                          SCMP_A2(SCMP_CMP_EQ, 0)) == 0 &&
         seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                          SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)self)) == 0;
}

/* What is answered as if it had been done. Its own first instance answers on a socket, which is as
 * if it were there; it waits there for a second one, which never comes. Modes and times of a file
 * by its path are no business of Landlock's, and so of nobody's: any file of its user could lose
 * its rights. */
static bool add_program_rules(scmp_filter_ctx filter) {
  static const int nothing[] = {SCMP_SYS(bind),     SCMP_SYS(listen), SCMP_SYS(fchown),
                                SCMP_SYS(chown),    SCMP_SYS(chmod),  SCMP_SYS(fchmodat),
                                SCMP_SYS(utimensat)};
  for (unsigned i = 0; i < G_N_ELEMENTS(nothing); i++)
    if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(0), nothing[i], 0) < 0)
      return false;
  /* A stream that cannot be connected: datagrams would reach others of this machine. */
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
                          SCMP_A0(SCMP_CMP_EQ, AF_UNIX),
                          SCMP_A1(SCMP_CMP_MASKED_EQ, 0xF, SOCK_STREAM)) == 0 &&
         seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
                          SCMP_A0(SCMP_CMP_EQ, 0)) == 0 && /* its own limits */
         allow(filter, allowed_program, G_N_ELEMENTS(allowed_program)) &&
         add_rules(filter);
}

static bool load_filter(bool (*add)(scmp_filter_ctx filter), GError **error) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  bool ok = filter && add(filter);
  int result = ok ? seccomp_load(filter) : -EINVAL;
  if (filter)
    seccomp_release(filter);
  return result == 0 || fail(error, "seccomp", -result);
}

#define FILES                                                                                      \
  (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |    \
   LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG)
#define FOLDERS (LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR)
#define READING                                                                                    \
  (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE)

/* A place that is not there is none to be opened. */
static bool open_place(int rules, const char *path, uint64_t access) {
  struct landlock_path_beneath_attr place = {.allowed_access = access,
                                             .parent_fd = open(path, O_PATH | O_CLOEXEC)};
  if (place.parent_fd < 0)
    return errno == ENOENT;
  bool ok = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &place, 0) == 0;
  close(place.parent_fd);
  return ok;
}

/* What a program that is installed reads: its own files and what tells it how the system is. No
 * more of /etc than that: keys lie there too. */
static bool open_system(int rules) {
  static const char *const places[] = {"/usr",
                                       "/lib",
                                       "/lib64",
                                       "/bin",
                                       "/etc/fonts",
                                       "/etc/libreoffice",
                                       "/var/cache/fontconfig",
                                       "/var/spool/libreoffice",
                                       "/var/lib/libreoffice",
                                       "/proc/self"};
  static const char *const files[] = {"/etc/ld.so.cache", "/etc/passwd", "/etc/nsswitch.conf",
                                      "/etc/localtime", "/dev/urandom"};
  bool ok =
      open_place(rules, "/dev/null", LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
  for (unsigned i = 0; ok && i < G_N_ELEMENTS(places); i++)
    ok = open_place(rules, places[i], READING);
  for (unsigned i = 0; ok && i < G_N_ELEMENTS(files); i++)
    ok = open_place(rules, files[i], LANDLOCK_ACCESS_FS_READ_FILE);
  return ok;
}

/* By hand: glibc has no wrappers. Version 1 of the interface is enough. */
static bool has_landlock(void) {
  return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1;
}

static bool lock_folder(const char *dir, bool system) {
  if (!has_landlock())
    return false;
  struct landlock_ruleset_attr attr = {
      .handled_access_fs = FILES | FOLDERS | LANDLOCK_ACCESS_FS_EXECUTE |
                           LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_SOCK |
                           LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                           LANDLOCK_ACCESS_FS_MAKE_SYM};
  int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
  bool ok = rules >= 0 && access(dir, F_OK) == 0 &&
            open_place(rules, dir, system ? FILES | FOLDERS : FILES) &&
            (!system || open_system(rules)) && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
  if (rules >= 0)
    close(rules);
  return ok;
}

/* What both give up. */
static bool give_up(GError **error) {
  set_limit(RLIMIT_CORE, 0);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    return fail(error, "no_new_privs", errno);
  return drop_capabilities() || fail(error, "capabilities", errno);
}

bool sandbox_enter(const char *dir, SandboxState *state, GError **error) {
  *state = (SandboxState){0};
  set_limit(RLIMIT_NOFILE, FILES_MAX);
  if (!give_up(error))
    return false;
  if (SANITIZED)
    return true;
  set_limit(RLIMIT_AS, MEMORY_MAX_BYTES);
  state->landlock = lock_folder(dir, false);
  state->seccomp = load_filter(add_rules, error);
  return state->seccomp;
}

bool sandbox_enter_pure(uint64_t most_memory_bytes, uint64_t most_file_bytes, unsigned most_cpu_s,
                        SandboxState *state, GError **error) {
  *state = (SandboxState){0};
  set_limit(RLIMIT_CPU, most_cpu_s);
  set_limit(RLIMIT_FSIZE, most_file_bytes);
  if (!give_up(error))
    return false;
  if (SANITIZED)
    return true;
  set_limit(RLIMIT_AS, most_memory_bytes);
  set_limit(RLIMIT_NOFILE, 0); /* those that it has stay open */
  state->seccomp = load_filter(add_pure_rules, error);
  return state->seccomp;
}

bool sandbox_can_hold_program(void) {
  return SANITIZED || has_landlock();
}

bool sandbox_enter_program(const char *dir, uint64_t most_memory_bytes, uint64_t most_file_bytes,
                           unsigned most_cpu_s, SandboxState *state, GError **error) {
  *state = (SandboxState){0};
  set_limit(RLIMIT_CPU, most_cpu_s);
  set_limit(RLIMIT_FSIZE, most_file_bytes);
  set_limit(RLIMIT_NOFILE, FILES_MAX);
  if (!give_up(error))
    return false;
  if (SANITIZED)
    return true;
  set_limit(RLIMIT_AS, most_memory_bytes);
  state->landlock = lock_folder(dir, true);
  if (!state->landlock)
    return fail(error, "landlock", has_landlock() ? EACCES : ENOSYS);
  state->seccomp = load_filter(add_program_rules, error);
  return state->seccomp;
}
