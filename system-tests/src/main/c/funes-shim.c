/*
 * Makes calls of a process on its files fail, take longer, or stop half-way: LD_PRELOAD=funes-shim.so.
 *
 * FUNES_SHIM_CONTROL names a file of rules, one a line, which is read again whenever it was replaced (write another file and
 * rename it). The first rule that fits a call decides:
 *
 *   OP ERRNO DELAY_MILLIS SKIP TIMES PERMILLE PATH_PART
 *
 *   OP            fsync fdatasync msync write pwrite writev read pread readv ftruncate open, or a whole family:
 *                 syncs (fsync fdatasync msync), writes (write pwrite writev), reads (read pread readv)
 *   ERRNO         what the call fails with; 0: it is only delayed; -1: a write writes half of its bytes, then fails with EIO
 *   DELAY_MILLIS  how long the call is held before
 *   SKIP          how many calls that fit are left alone first
 *   TIMES         how many calls are hit after that; 0: all
 *   PERMILLE      of the calls left, how many in a thousand are hit
 *   PATH_PART     rest of the line, part of the path of the file; *: every file. Sockets and pipes are never hit
 *
 * FUNES_SHIM_FIRED names a file to which each call that was hit adds a line:
 *
 *   MILLIS_SINCE_1970 PID OP ERRNO DELAY_MILLIS PATH
 *
 * FUNES_SHIM_ALIVE.PID is the name of a file that has, for as long as a JVM lives, the time that it is: MILLIS_SINCE_1970. When the
 * process is gone it tells when that was, however late somebody looks.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define RULES_MAX 32
#define PATH_BYTES 1024
#define BEAT_MILLIS 2
#define HALF (-1)

struct rule {
  char op[16];
  int error;
  int delay_millis;
  long skip;
  long times;
  int permille;
  char part[256];
  long seen;
  long hit;
};

static struct rule rules[RULES_MAX];
static atomic_int rule_count;
static struct stat read_at;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int random_state = 1;

/* The shim's own reads go past its own wrappers. */
static ssize_t raw_read_all(const char *path, char *into, size_t room) {
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  size_t have = 0;
  while (have < room - 1) {
    ssize_t n = syscall(SYS_read, fd, into + have, room - 1 - have);
    if (n <= 0) break;
    have += (size_t)n;
  }
  syscall(SYS_close, fd);
  into[have] = 0;
  return (ssize_t)have;
}

/* Under the lock. */
static void read_rules(const char *control) {
  static char text[16384];
  int count = 0;
  if (raw_read_all(control, text, sizeof text) > 0) {
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line && count < RULES_MAX; line = strtok_r(NULL, "\n", &rest)) {
      struct rule r = {0};
      if (sscanf(line, "%15s %d %d %ld %ld %d %255[^\n]", r.op, &r.error, &r.delay_millis, &r.skip, &r.times, &r.permille,
                 r.part) == 7)
        rules[count++] = r;
    }
  }
  atomic_store(&rule_count, count);
}

static void look_at_control(void) {
  const char *control = getenv("FUNES_SHIM_CONTROL");
  struct stat now;
  if (!control) return;
  if (stat(control, &now) != 0) {
    atomic_store(&rule_count, 0);
    read_at.st_ino = 0;
    return;
  }
  if (now.st_ino == read_at.st_ino && now.st_mtim.tv_sec == read_at.st_mtim.tv_sec
      && now.st_mtim.tv_nsec == read_at.st_mtim.tv_nsec && now.st_size == read_at.st_size)
    return;
  pthread_mutex_lock(&lock);
  read_rules(control);
  read_at = now;
  pthread_mutex_unlock(&lock);
}

static int names(const char *rule_op, const char *op, const char *family) {
  return !strcmp(rule_op, op) || !strcmp(rule_op, family);
}

static void path_of_descriptor(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, PATH_BYTES - 1);
  path[n > 0 ? n : 0] = 0;
}

static void path_of_mapping(const void *address, char *path) {
  path[0] = 0;
  FILE *maps = fopen("/proc/self/maps", "re");
  if (!maps) return;
  char line[PATH_BYTES + 128];
  while (fgets(line, sizeof line, maps)) {
    unsigned long from, to;
    char at[PATH_BYTES] = "";
    if (sscanf(line, "%lx-%lx %*s %*s %*s %*s %1023[^\n]", &from, &to, at) >= 2 && (unsigned long)address >= from
        && (unsigned long)address < to) {
      strcpy(path, at);
      break;
    }
  }
  fclose(maps);
}

static void tell(const char *op, const struct rule *r, const char *path) {
  const char *fired = getenv("FUNES_SHIM_FIRED");
  if (!fired) return;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  char line[PATH_BYTES + 128];
  int n = snprintf(line, sizeof line, "%lld %d %s %d %d %s\n", (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000,
                   (int)getpid(), op, r->error, r->delay_millis, path);
  int fd = (int)syscall(SYS_openat, AT_FDCWD, fired, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return;
  syscall(SYS_write, fd, line, (size_t)n);
  syscall(SYS_close, fd);
}

/* What to do with this call: 0 go on, an errno, or HALF. */
static int decide(const char *op, const char *family, int fd, const void *address, const char *named) {
  int saved = errno;
  look_at_control();
  int count = atomic_load(&rule_count);
  int wanted = 0;
  for (int i = 0; i < count; i++) wanted |= names(rules[i].op, op, family);
  if (!wanted) {
    errno = saved;
    return 0;
  }
  char path[PATH_BYTES];
  if (named) snprintf(path, sizeof path, "%s", named);
  else if (fd >= 0) path_of_descriptor(fd, path);
  else path_of_mapping(address, path);
  struct rule hit = {0};
  int is_hit = 0;
  if (path[0] == '/' && strncmp(path, "/proc/", 6) && strncmp(path, "/dev/", 5) && strncmp(path, "/sys/", 5)) {
    pthread_mutex_lock(&lock);
    count = atomic_load(&rule_count);
    for (int i = 0; i < count && !is_hit; i++) {
      struct rule *r = &rules[i];
      if (!names(r->op, op, family) || (strcmp(r->part, "*") && !strstr(path, r->part))) continue;
      if (r->seen++ < r->skip || (r->times && r->hit >= r->times) || (int)(rand_r(&random_state) % 1000) >= r->permille)
        continue;
      r->hit++;
      hit = *r;
      is_hit = 1;
    }
    pthread_mutex_unlock(&lock);
  }
  if (is_hit) {
    tell(op, &hit, path);
    if (hit.delay_millis > 0) {
      struct timespec held = {hit.delay_millis / 1000, (hit.delay_millis % 1000) * 1000000L};
      nanosleep(&held, NULL);
    }
  }
  errno = saved;
  return is_hit ? hit.error : 0;
}

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

#define REFUSE(error, answer) \
  do { \
    errno = (error) == HALF ? EIO : (error); \
    return answer; \
  } while (0)

int fsync(int fd) {
  REAL(int, fsync, int);
  int e = decide("fsync", "syncs", fd, NULL, NULL);
  if (e) REFUSE(e, -1);
  return real(fd);
}

int fdatasync(int fd) {
  REAL(int, fdatasync, int);
  int e = decide("fdatasync", "syncs", fd, NULL, NULL);
  if (e) REFUSE(e, -1);
  return real(fd);
}

int msync(void *address, size_t length, int flags) {
  REAL(int, msync, void *, size_t, int);
  int e = decide("msync", "syncs", -1, address, NULL);
  if (e) REFUSE(e, -1);
  return real(address, length, flags);
}

ssize_t write(int fd, const void *bytes, size_t n) {
  REAL(ssize_t, write, int, const void *, size_t);
  int e = decide("write", "writes", fd, NULL, NULL);
  if (e == HALF && n > 1) real(fd, bytes, n / 2);
  if (e) REFUSE(e, -1);
  return real(fd, bytes, n);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(ssize_t, writev, int, const struct iovec *, int);
  int e = decide("writev", "writes", fd, NULL, NULL);
  if (e == HALF && count > 1) real(fd, parts, count / 2);
  if (e) REFUSE(e, -1);
  return real(fd, parts, count);
}

#define PWRITE(name) \
  ssize_t name(int fd, const void *bytes, size_t n, off64_t at) { \
    REAL(ssize_t, name, int, const void *, size_t, off64_t); \
    int e = decide("pwrite", "writes", fd, NULL, NULL); \
    if (e == HALF && n > 1) real(fd, bytes, n / 2, at); \
    if (e) REFUSE(e, -1); \
    return real(fd, bytes, n, at); \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t read(int fd, void *into, size_t n) {
  REAL(ssize_t, read, int, void *, size_t);
  int e = decide("read", "reads", fd, NULL, NULL);
  if (e) REFUSE(e, -1);
  return real(fd, into, n);
}

ssize_t readv(int fd, const struct iovec *parts, int count) {
  REAL(ssize_t, readv, int, const struct iovec *, int);
  int e = decide("readv", "reads", fd, NULL, NULL);
  if (e) REFUSE(e, -1);
  return real(fd, parts, count);
}

#define PREAD(name) \
  ssize_t name(int fd, void *into, size_t n, off64_t at) { \
    REAL(ssize_t, name, int, void *, size_t, off64_t); \
    int e = decide("pread", "reads", fd, NULL, NULL); \
    if (e) REFUSE(e, -1); \
    return real(fd, into, n, at); \
  }
PREAD(pread)
PREAD(pread64)

#define FTRUNCATE(name) \
  int name(int fd, off64_t length) { \
    REAL(int, name, int, off64_t); \
    int e = decide("ftruncate", "ftruncate", fd, NULL, NULL); \
    if (e) REFUSE(e, -1); \
    return real(fd, length); \
  }
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(int, name, const char *, int, ...); \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
      va_list more; \
      va_start(more, flags); \
      mode = va_arg(more, mode_t); \
      va_end(more); \
    } \
    int e = decide("open", "open", -1, NULL, path); \
    if (e) REFUSE(e, -1); \
    return real(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

static void *beat(void *file) {
  for (;;) {
    struct timespec now, pause = {0, BEAT_MILLIS * 1000000L};
    char line[64];
    clock_gettime(CLOCK_REALTIME, &now);
    int n = snprintf(line, sizeof line, "%013lld\n", (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    syscall(SYS_pwrite64, (int)(long)file, line, (size_t)n, 0L);
    nanosleep(&pause, NULL);
  }
  return NULL;
}

/* Of the launcher, a shell, and of what it asks there are no lives to be noted. */
static int is_jvm(void) {
  char path[PATH_BYTES];
  ssize_t n = readlink("/proc/self/exe", path, sizeof path);
  return n > 5 && !memcmp(path + n - 5, "/java", 5);
}

__attribute__((constructor)) static void begin(void) {
  const char *alive = getenv("FUNES_SHIM_ALIVE");
  char path[PATH_BYTES];
  pthread_t thread;
  sigset_t all, before;
  if (!alive || !is_jvm()) return;
  snprintf(path, sizeof path, "%s.%d", alive, (int)getpid());
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return;
  sigfillset(&all); /* signals are for the threads of the process itself */
  pthread_sigmask(SIG_SETMASK, &all, &before);
  if (pthread_create(&thread, NULL, beat, (void *)(long)fd)) syscall(SYS_close, fd);
  else pthread_detach(thread);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}
