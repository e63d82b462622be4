/*
 * Loaded before libc into a process that is to fail or to be killed: counts each call that changes something under a
 * directory, in whatever thread, and does something else at the N-th. Told by the environment:
 *
 *   FAULT_PATH   the directory
 *   FAULT_LOG    a file, outside of it: gets a line a call, "N name thread path", before the call is made
 *   FAULT_AT     N, from 1; none for only counting
 *   FAULT_MODE   kill       SIGKILL before the call
 *                killafter  SIGKILL after it
 *                error      not done, fails with FAULT_ERRNO
 *                after      done, and fails with FAULT_ERRNO: a reply that was lost
 *                short      a write takes half of its bytes; any other call is done
 *                lie        not done, and said to be
 *   FAULT_ERRNO  a number
 *
 *   gcc -shared -fPIC -O1 -o faultshim.so faultshim.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *directory, *mode = "";
static long at, code;
static int log_file = -1;
static atomic_long count;

__attribute__((constructor)) static void begin(void) {
  const char *value;
  directory = getenv("FAULT_PATH");
  if ((value = getenv("FAULT_MODE"))) mode = value;
  if ((value = getenv("FAULT_AT"))) at = atol(value);
  if ((value = getenv("FAULT_ERRNO"))) code = atol(value);
  if ((value = getenv("FAULT_LOG"))) log_file = syscall(SYS_openat, AT_FDCWD, value, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static int is_under(const char *path) {
  size_t length = directory ? strlen(directory) : 0;
  return length && path && !strncmp(path, directory, length) && (path[length] == '/' || path[length] == 0);
}

/* Whether it is this call's turn. */
static int is_struck(const char *name, const char *path) {
  char line[4400];
  if (!is_under(path)) return 0;
  long number = atomic_fetch_add(&count, 1) + 1;
  int length = snprintf(line, sizeof line, "%ld %s %ld %s\n", number, name, syscall(SYS_gettid), path);
  if (log_file >= 0) syscall(SYS_write, log_file, line, length);
  return number == at;
}

static int is_struck_file(const char *name, int fd) {
  char link[40], path[4200];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_struck(name, path);
}

static void die(void) {
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

/* What a call gives whose turn it is. CALL is the real one, LIE what it would give, SHORT it with half of its bytes. */
#define STRIKE(CALL, LIE, SHORT)                    \
  do {                                              \
    if (!strcmp(mode, "kill")) die();               \
    if (!strcmp(mode, "lie")) return LIE;           \
    if (!strcmp(mode, "short")) return SHORT;       \
    if (!strcmp(mode, "error")) return errno = code, -1; \
    long result = CALL;                             \
    if (!strcmp(mode, "killafter")) die();          \
    if (!strcmp(mode, "after")) return errno = code, -1; \
    return result;                                  \
  } while (0)

#define REAL(NAME) ((__typeof__(&NAME))real_##NAME)
#define FIND(NAME)                                  \
  static void *real_##NAME;                         \
  if (!real_##NAME) real_##NAME = dlsym(RTLD_NEXT, #NAME)

#define BY_PATH(NAME, PARAMETERS, PATH, ...)        \
  int NAME PARAMETERS {                             \
    FIND(NAME);                                     \
    if (is_struck(#NAME, PATH)) STRIKE(REAL(NAME)(__VA_ARGS__), 0, REAL(NAME)(__VA_ARGS__)); \
    return REAL(NAME)(__VA_ARGS__);                 \
  }

#define BY_FILE(NAME, PARAMETERS, ...)              \
  int NAME PARAMETERS {                             \
    FIND(NAME);                                     \
    if (is_struck_file(#NAME, fd)) STRIKE(REAL(NAME)(__VA_ARGS__), 0, REAL(NAME)(__VA_ARGS__)); \
    return REAL(NAME)(__VA_ARGS__);                 \
  }

/* A name that comes from elsewhere counts where it goes to, and one that goes elsewhere where it comes from. */
BY_PATH(rename, (const char *from, const char *to), is_under(from) ? from : to, from, to)
BY_PATH(link, (const char *from, const char *to), is_under(to) ? to : from, from, to)
BY_PATH(unlink, (const char *path), path, path)
BY_PATH(mkdir, (const char *path, mode_t bits), path, path, bits)
BY_PATH(rmdir, (const char *path), path, path)
BY_FILE(fsync, (int fd), fd)
BY_FILE(fdatasync, (int fd), fd)
BY_FILE(ftruncate, (int fd, off_t length), fd, length)
BY_FILE(ftruncate64, (int fd, off64_t length), fd, length)

ssize_t write(int fd, const void *bytes, size_t length) {
  FIND(write);
  if (is_struck_file("write", fd)) STRIKE(REAL(write)(fd, bytes, length), length, REAL(write)(fd, bytes, (length + 1) / 2));
  return REAL(write)(fd, bytes, length);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  FIND(pwrite64);
  if (is_struck_file("pwrite64", fd))
    STRIKE(REAL(pwrite64)(fd, bytes, length, offset), length, REAL(pwrite64)(fd, bytes, (length + 1) / 2, offset));
  return REAL(pwrite64)(fd, bytes, length, offset);
}

/* Only what may make a file counts. One that is said to be made has to be there after all: there is no number to give. */
#define OPEN(NAME)                                  \
  int NAME(const char *path, int flags, ...) {      \
    FIND(NAME);                                     \
    va_list rest;                                   \
    va_start(rest, flags);                          \
    mode_t bits = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                   \
    if (flags & O_CREAT && is_struck("open", path)) \
      STRIKE(REAL(NAME)(path, flags, bits), REAL(NAME)(path, flags, bits), REAL(NAME)(path, flags, bits)); \
    return REAL(NAME)(path, flags, bits);           \
  }
OPEN(open)
OPEN(open64)
