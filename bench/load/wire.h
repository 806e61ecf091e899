/* What the generator and the sink share: monotonic time, sockets on loopback, and reading SMTP lines.
 * Every byte of a session passes fill() and drain(), so that TLS has one place to go. */
#ifndef WIRE_H
#define WIRE_H
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* The header field that carries "<run>-<number>"; the sink recognises each message by it. */
#define ID_FIELD "X-Bench-Id: "

/* Seconds of CLOCK_MONOTONIC: one clock for all processes of a machine, so their times compare. */
static inline double now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static inline double own_cpu(void)
{
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
         (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1e-6;
}

static inline void die(const char *what)
{
  perror(what);
  exit(1);
}

/* Ends with the bench, takes all the file descriptors it may have, and survives closed sockets. */
static inline void begin_process(void)
{
  struct rlimit files;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_IGN);
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

static inline struct sockaddr_in loopback(int port)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static inline void without_delay(int fd)
{
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* Reads what is there: the count, 0 when nothing is there yet, -1 when the other side has gone. */
static inline ssize_t fill(int fd, char *to, size_t room)
{
  ssize_t got = read(fd, to, room);
  if (got > 0) return got;
  return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

/* Writes two pieces as one: the count (perhaps 0, when the socket is full), -1 when the other side has gone. */
static inline ssize_t drain(int fd, const char *a, size_t a_len, const char *b, size_t b_len)
{
  struct iovec pieces[2] = {{(void *)a, a_len}, {(void *)b, b_len}};
  ssize_t put = writev(fd, pieces, 2);
  if (put >= 0) return put;
  return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

#endif
