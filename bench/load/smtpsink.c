/* The next hop of every target: accepts all mail, and knows each message by its number, so that losses
 * and doubles are seen. Obeys lines on stdin: "expect RUN TOTAL" starts a count, "stats" prints it. */
#include "wire.h"

enum { COMMAND, HEADER, BODY };

typedef struct {
  int fd, at;      /* at: COMMAND, HEADER or BODY */
  int matched;     /* in BODY: how much of CRLF.CRLF has been seen */
  long run, number; /* of the message being received; -1 until its id field is seen */
  size_t line_len;
  char line[512];  /* the start of the current command or header line */
  size_t out_len;
  char out[8192];  /* replies of one read, written at once */
} Session;

static struct {
  long run, total;
  unsigned char *seen; /* a bit for each message */
  long distinct, doubles, strays, connections;
  double last_at;      /* when the latest distinct message was complete */
} count;

static const char EHLO_REPLY[] = "250-sink.example\r\n250-PIPELINING\r\n250-SIZE 104857600\r\n"
                                 "250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n";

/* Counts a whole message; one without our id (a delivery report perhaps), or of another run, is a stray. */
static void note_message(long run, long number)
{
  if (run != count.run || number < 0 || number >= count.total) {
    count.strays++;
    return;
  }
  if (count.seen[number / 8] & (1 << number % 8)) {
    count.doubles++;
    return;
  }
  count.seen[number / 8] |= (unsigned char)(1 << number % 8);
  count.distinct++;
  count.last_at = now();
}

static void say(Session *session, const char *reply)
{
  size_t len = strlen(reply);
  if (session->out_len + len > sizeof session->out) return;
  memcpy(session->out + session->out_len, reply, len);
  session->out_len += len;
}

/* Answers one command; returns 0 when the session is to end. */
static int obey(Session *session)
{
  const char *line = session->line;
  if (!strncasecmp(line, "EHLO", 4)) say(session, EHLO_REPLY);
  else if (!strncasecmp(line, "DATA", 4)) {
    say(session, "354 go on\r\n");
    session->at = HEADER;
    session->run = session->number = -1;
  } else if (!strncasecmp(line, "QUIT", 4)) {
    say(session, "221 2.0.0 bye\r\n");
    return 0;
  } else say(session, "250 2.0.0 ok\r\n");
  return 1;
}

static void end_message(Session *session)
{
  session->at = COMMAND;
  note_message(session->run, session->number);
  say(session, "250 2.0.0 counted\r\n");
}

/* Reads one header line; what follows the id, or the blank line, needs no reading line by line. */
static void read_header_line(Session *session)
{
  const char *line = session->line;
  int is_id = !strncmp(line, ID_FIELD, sizeof ID_FIELD - 1);
  if (!strcmp(line, ".\r\n")) {
    end_message(session);
    return;
  }
  if (is_id && sscanf(line + sizeof ID_FIELD - 1, "%ld-%ld", &session->run, &session->number) != 2)
    session->run = session->number = -1;
  if (!is_id && strcmp(line, "\r\n") != 0) return;
  session->at = BODY;
  session->matched = 2; /* this line's CRLF may be the first half of the end */
}

/* Looks for CRLF.CRLF; returns how many bytes belong to the message. */
static size_t read_body(Session *session, const char *bytes, size_t len)
{
  static const char end[] = "\r\n.\r\n";
  size_t i = 0;
  while (i < len && session->matched < 5) {
    if (session->matched == 0) {
      const char *cr = memchr(bytes + i, '\r', len - i);
      if (!cr) return len;
      i = (size_t)(cr - bytes) + 1;
      session->matched = 1;
    } else if (bytes[i] == end[session->matched]) {
      session->matched++;
      i++;
    } else session->matched = 0; /* the same byte is looked at again: it may be a CR */
  }
  if (session->matched == 5) end_message(session);
  return i;
}

/* Takes bytes up to the line's end; returns how many, and sets *whole once the line is there. */
static size_t read_line(Session *session, const char *bytes, size_t len, int *whole)
{
  const char *lf = memchr(bytes, '\n', len);
  size_t taken = lf ? (size_t)(lf - bytes) + 1 : len;
  size_t room = sizeof session->line - 1 - session->line_len;
  size_t kept = taken < room ? taken : room;
  memcpy(session->line + session->line_len, bytes, kept);
  session->line_len += kept;
  session->line[session->line_len] = 0;
  *whole = lf != NULL;
  return taken;
}

/* Returns 0 when the session is to end. */
static int receive(Session *session, const char *bytes, size_t len)
{
  size_t i = 0;
  while (i < len) {
    int whole = 0;
    if (session->at == BODY) {
      i += read_body(session, bytes + i, len - i);
      continue;
    }
    i += read_line(session, bytes + i, len - i, &whole);
    if (!whole) return 1;
    session->line_len = 0;
    if (session->at == HEADER) read_header_line(session);
    else if (!obey(session)) return 0;
  }
  return 1;
}

static void serve(Session *session)
{
  static char bytes[262144];
  ssize_t got = fill(session->fd, bytes, sizeof bytes);
  int stays = got >= 0;
  session->out_len = 0;
  if (got > 0) stays = receive(session, bytes, (size_t)got);
  if (session->out_len > 0 && drain(session->fd, session->out, session->out_len, NULL, 0) < 0) stays = 0;
  if (stays) return;
  close(session->fd);
  free(session);
}

static void welcome(int listener, int poll)
{
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    Session *session = calloc(1, sizeof *session);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = session};
    session->fd = fd;
    count.connections++;
    without_delay(fd);
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
    if (drain(fd, "220 sink.example ESMTP\r\n", 24, NULL, 0) < 0) continue; /* the read will tell */
  }
}

static void print_count(void)
{
  printf("{\"distinct\":%ld,\"doubles\":%ld,\"strays\":%ld,\"connections\":%ld,\"lastAt\":%.6f,\"cpuSeconds\":%.3f}\n",
         count.distinct, count.doubles, count.strays, count.connections, count.last_at, own_cpu());
  fflush(stdout);
}

/* Orders come one a line, and the bench waits for each answer. */
static void obey_bench(void)
{
  char order[256];
  ssize_t got = read(0, order, sizeof order - 1);
  if (got <= 0) exit(0);
  order[got] = 0;
  if (!strncmp(order, "expect ", 7)) {
    free(count.seen);
    memset(&count, 0, sizeof count);
    if (sscanf(order + 7, "%ld %ld", &count.run, &count.total) != 2) exit(2);
    count.seen = calloc((size_t)count.total / 8 + 1, 1);
  }
  print_count();
}

int main(void)
{
  struct sockaddr_in address = loopback(0);
  socklen_t len = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poll = epoll_create1(0);
  struct epoll_event ready[256], event = {.events = EPOLLIN, .data.ptr = NULL};
  static Session orders; /* marks stdin */
  begin_process();
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) die("sink");
  getsockname(listener, (void *)&address, &len);
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  event.data.ptr = &orders;
  epoll_ctl(poll, EPOLL_CTL_ADD, 0, &event);
  printf("{\"port\":%d}\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    int n = epoll_wait(poll, ready, 256, -1);
    for (int i = 0; i < n; i++) {
      if (ready[i].data.ptr == NULL) welcome(listener, poll);
      else if (ready[i].data.ptr == &orders) obey_bench();
      else serve(ready[i].data.ptr);
    }
  }
}
