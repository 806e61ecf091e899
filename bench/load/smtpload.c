/* The load generator: a fixed number of sessions, each sending its next command as soon as the reply is there
 * (a closed loop). Sends mail, offers unknown recipients, or holds idle sessions; prints one line of JSON. */
#include "wire.h"

typedef enum { BANNER, EHLO, MAIL, RCPT, DATA, DOT, RSET, QUIT, IDLE, STATES } State;
static const char *const STATE_NAMES[] = {"banner", "ehlo", "mail", "rcpt", "data", "dot", "rset", "quit", "idle"};

typedef struct {
  int fd;
  State state;          /* the reply we wait for */
  int sent;             /* transactions begun on this connection */
  long number;          /* of the current message */
  double asked_at;      /* when the latest command, or the end of the data, had gone out */
  size_t in_len, out_len, out_at, body_at;
  int with_body, polls_for_write;
  char in[1024];        /* the reply line so far */
  char out[512];        /* a command, or the message's own header fields */
} Session;

static struct {
  char mode;            /* m: mail, r: reject, g: greylist, h: hold */
  int port, sessions, per_connection, timeout_s, expect;
  long messages, size, run, recipients;
} plan = {'m', 25, 1, 1, 120, 550, 1000, 4096, 1, 10000};

typedef struct { float *ms; long len, room; } Times;
static Times dot_times, rcpt_times, ehlo_times;
static long begun, done, failed, errors, held, dropped;
static char last_error[200];
/* Messages made beforehand take turns; without them there is one of our own making. */
#define BODIES_MAX 8
static const char *bodies[BODIES_MAX];
static size_t body_lens[BODIES_MAX];
static int body_count;
static const char *made_bodies; /* files `<this>0`, `<this>1`, …, with their final dot */
static int poll_fd;

static void note_time(Times *times, double since)
{
  if (times->len == times->room) {
    times->room = times->room ? times->room * 2 : 4096;
    times->ms = realloc(times->ms, (size_t)times->room * sizeof *times->ms);
    if (!times->ms) die("memory");
  }
  times->ms[times->len++] = (float)((now() - since) * 1e3);
}

/* Keeps the latest reason in a form that needs no escaping in JSON. */
static void note_error(const char *text, State state)
{
  errors++;
  snprintf(last_error, sizeof last_error, "%s: %.150s", STATE_NAMES[state], text);
  for (char *c = last_error; *c; c++) if (*c == '"' || *c == '\\' || *c < ' ') *c = ' ';
}

static void poll_for(Session *session, int write)
{
  struct epoll_event event = {.events = EPOLLIN | (write ? EPOLLOUT : 0), .data.ptr = session};
  if (session->polls_for_write == write) return;
  session->polls_for_write = write;
  epoll_ctl(poll_fd, EPOLL_CTL_MOD, session->fd, &event);
}

/* Sends what waits; returns 0 when the connection is lost. */
static int flush(Session *session)
{
  const char *body = bodies[session->number % body_count];
  size_t body_size = session->with_body ? body_lens[session->number % body_count] : 0;
  while (session->out_at < session->out_len || session->body_at < body_size) {
    ssize_t put = drain(session->fd, session->out + session->out_at, session->out_len - session->out_at,
                        body + session->body_at, body_size - session->body_at);
    if (put < 0) return 0;
    if (put == 0) {
      poll_for(session, 1);
      return 1;
    }
    size_t of_out = session->out_len - session->out_at;
    if ((size_t)put < of_out) of_out = (size_t)put;
    session->out_at += of_out;
    session->body_at += (size_t)put - of_out;
  }
  if (session->out_len > 0) session->asked_at = now();
  session->out_len = session->out_at = session->body_at = 0;
  session->with_body = 0;
  poll_for(session, 0);
  return 1;
}

static void ask(Session *session, State state, const char *command)
{
  session->state = state;
  session->out_len = (size_t)snprintf(session->out, sizeof session->out, "%s", command);
}

static void begin_transaction(Session *session)
{
  char command[128];
  if (begun >= plan.messages || (plan.per_connection && session->sent >= plan.per_connection)) {
    ask(session, QUIT, "QUIT\r\n");
    return;
  }
  session->number = begun++;
  session->sent++;
  /* Greylisting: every message is of a sender nobody has seen, at a domain without records. */
  if (plan.mode == 'g') snprintf(command, sizeof command, "MAIL FROM:<s%ld-%ld@new.example>\r\n", plan.run, session->number);
  else snprintf(command, sizeof command, "MAIL FROM:<s%ld@sender.example>\r\n", session->number);
  ask(session, MAIL, command);
}

static void ask_recipient(Session *session)
{
  char command[128];
  if (plan.mode == 'r') snprintf(command, sizeof command, "RCPT TO:<nobody%ld@example.org>\r\n", session->number);
  else snprintf(command, sizeof command, "RCPT TO:<u%ld@example.org>\r\n", session->number % plan.recipients);
  ask(session, RCPT, command);
}

static void send_message(Session *session)
{
  session->state = DOT;
  session->with_body = 1;
  /* What was made beforehand has its Message-ID already, and it is signed. */
  session->out_len = (size_t)(made_bodies
    ? snprintf(session->out, sizeof session->out, ID_FIELD "%ld-%ld\r\n", plan.run, session->number)
    : snprintf(session->out, sizeof session->out, ID_FIELD "%ld-%ld\r\nMessage-ID: <%ld.%ld@sender.example>\r\n",
        plan.run, session->number, plan.run, session->number));
}

static void settle(Session *session, int good, State next)
{
  if (good) done++;
  else failed++;
  int more = begun < plan.messages && !(plan.per_connection && session->sent >= plan.per_connection);
  if (next == RSET && more) ask(session, RSET, "RSET\r\n");
  else begin_transaction(session);
}

static void judge_recipient(Session *session, int code, const char *line)
{
  note_time(&rcpt_times, session->asked_at);
  if (plan.mode == 'r' || plan.mode == 'g') {
    int good = plan.mode == 'g' ? code / 100 == 4 : code == plan.expect;
    if (!good) note_error(line, RCPT);
    settle(session, good, RSET);
  } else if (code == 250) ask(session, DATA, "DATA\r\n");
  else {
    note_error(line, RCPT);
    settle(session, 0, RSET);
  }
}

/* Goes on after a whole reply; returns 0 when the connection is to be closed. */
static int advance(Session *session, int code, const char *line)
{
  static const int WANTED[STATES] = {220, 250, 250, 250, 354, 250, 250, 221, 0};
  State state = session->state;
  if (state == RCPT) judge_recipient(session, code, line);
  else if (state == QUIT) return 0;
  else if (code != WANTED[state]) {
    note_error(line, state);
    if (state < MAIL || state >= RSET) return 0;
    settle(session, 0, RSET);
  } else if (state == BANNER) ask(session, EHLO, "EHLO bench.sender.example\r\n");
  else if (state == MAIL) ask_recipient(session);
  else if (state == DATA) send_message(session);
  else if (state == DOT) {
    note_time(&dot_times, session->asked_at);
    settle(session, 1, MAIL);
  } else if (state == RSET) begin_transaction(session);
  else {
    note_time(&ehlo_times, session->asked_at);
    if (plan.mode == 'h') {
      session->state = IDLE;
      held++;
    } else begin_transaction(session);
  }
  return flush(session);
}

/* Reads what has come; returns 0 when the connection is lost or has done its work. */
static int listen_to(Session *session)
{
  static char bytes[65536];
  ssize_t got = fill(session->fd, bytes, sizeof bytes);
  if (got < 0) {
    if (session->state != QUIT) note_error("connection lost", session->state);
    if (session->state >= MAIL && session->state <= DOT) failed++;
    return 0;
  }
  for (ssize_t i = 0; i < got; i++) {
    if (session->in_len < sizeof session->in - 1) session->in[session->in_len++] = bytes[i];
    if (bytes[i] != '\n') continue;
    session->in[session->in_len] = 0;
    int is_last = session->in_len > 3 && session->in[3] != '-';
    session->in_len = 0;
    if (is_last && !advance(session, atoi(session->in), session->in)) return 0;
  }
  return 1;
}

static void open_session(Session *session)
{
  struct sockaddr_in address = loopback(plan.port);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = session};
  memset(session, 0, sizeof *session);
  session->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (session->fd < 0) die("socket");
  without_delay(session->fd);
  session->asked_at = now();
  if (connect(session->fd, (void *)&address, sizeof address) < 0 && errno != EINPROGRESS) die("connect");
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, session->fd, &event);
}

static int read_body(const char *path)
{
  FILE *file = fopen(path, "rb");
  if (!file) return 0;
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  char *text = malloc((size_t)size);
  if (fread(text, 1, (size_t)size, file) != (size_t)size) die("read body");
  fclose(file);
  bodies[body_count] = text;
  body_lens[body_count++] = (size_t)size;
  return 1;
}

static void prepare_bodies(void)
{
  char path[1024];
  if (made_bodies) {
    do snprintf(path, sizeof path, "%s%d", made_bodies, body_count);
    while (body_count < BODIES_MAX && read_body(path));
    if (body_count == 0) die("no bodies");
    return;
  }
  char *text = malloc((size_t)plan.size + 1024);
  int len = sprintf(text, "From: Sender <s@sender.example>\r\nTo: User <u@example.org>\r\nSubject: load\r\n"
                          "Date: Sat, 21 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
                          "Content-Type: text/plain; charset=utf-8\r\n\r\n");
  for (int line = 0; len < plan.size - 150; line++)
    len += sprintf(text + len, "%06d the quick brown fox jumps over the lazy dog\r\n", line);
  body_lens[0] = (size_t)(len + sprintf(text + len, ".\r\n"));
  bodies[0] = text;
  body_count = 1;
}

/* Serves ready sessions for at most 20 ms; returns how many connections ended for good. */
static int turn(void)
{
  struct epoll_event ready[512];
  int ended = 0, n = epoll_wait(poll_fd, ready, 512, 20);
  for (int i = 0; i < n; i++) {
    Session *session = ready[i].data.ptr;
    int stays = 1;
    if (ready[i].events & EPOLLOUT) stays = flush(session);
    if (stays && ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) stays = listen_to(session);
    if (stays) continue;
    if (session->state == IDLE) dropped++;
    close(session->fd);
    if (plan.mode != 'h' && begun < plan.messages) open_session(session);
    else ended++;
  }
  return ended;
}

static int by_size(const void *a, const void *b)
{
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static void print_times(const char *name, Times *times)
{
  qsort(times->ms, (size_t)times->len, sizeof *times->ms, by_size);
  if (times->len == 0) return;
  printf(",\"%sP50\":%.3f,\"%sP99\":%.3f,\"%sMax\":%.3f", name, times->ms[(times->len - 1) / 2], name,
         times->ms[(long)((double)(times->len - 1) * 0.99)], name, times->ms[times->len - 1]);
}

static void print_result(double started_at, double ended_at)
{
  printf("{\"startedAt\":%.6f,\"endedAt\":%.6f,\"done\":%ld,\"failed\":%ld,\"errors\":%ld,\"lastError\":\"%s\"",
         started_at, ended_at, done, failed, errors, last_error);
  printf(",\"held\":%ld,\"dropped\":%ld,\"cpuSeconds\":%.3f", held, dropped, own_cpu());
  print_times("dot", &dot_times);
  print_times("rcpt", &rcpt_times);
  print_times("ehlo", &ehlo_times);
  printf("}\n");
  fflush(stdout);
}

/* Sends until every message has its answer; the time-out and a flood of errors end it early. */
static void run_load(Session *sessions)
{
  double started_at = now();
  int open = 0;
  for (; open < plan.sessions && open < plan.messages; open++) open_session(&sessions[open]);
  while (open > 0 && done + failed < plan.messages) {
    open -= turn();
    if (now() - started_at > plan.timeout_s || errors > plan.messages / 10 + 200) break;
  }
  print_result(started_at, now());
}

/* Opens idle sessions, at most 100 in their greeting at a time; says so and waits for a line on stdin. */
static void run_hold(Session *sessions)
{
  double started_at = now(), ended_at;
  int opened = 0, ended = 0;
  char line[8];
  while (held - dropped + ended < plan.sessions && now() - started_at < plan.timeout_s) {
    while (opened < plan.sessions && opened - (held - dropped) - ended < 100) open_session(&sessions[opened++]);
    ended += turn();
  }
  ended_at = now();
  printf("{\"held\":%ld,\"seconds\":%.3f}\n", held - dropped, ended_at - started_at);
  fflush(stdout);
  if (read(0, line, sizeof line) < 0) die("stdin");
  turn(); /* sessions that the target closed meanwhile show up here */
  print_result(started_at, ended_at);
}

static void read_plan(int argc, char **argv)
{
  int option;
  while ((option = getopt(argc, argv, "M:p:s:n:m:l:r:e:w:u:b:")) != -1) switch (option) {
    case 'M': plan.mode = optarg[0]; break;
    case 'p': plan.port = atoi(optarg); break;
    case 's': plan.sessions = atoi(optarg); break;
    case 'n': plan.messages = atol(optarg); break;
    case 'm': plan.per_connection = atoi(optarg); break;
    case 'l': plan.size = atol(optarg); break;
    case 'r': plan.run = atol(optarg); break;
    case 'e': plan.expect = atoi(optarg); break;
    case 'w': plan.timeout_s = atoi(optarg); break;
    case 'u': plan.recipients = atol(optarg); break;
    case 'b': made_bodies = optarg; break;
    default:
      fprintf(stderr, "smtpload -M mail|reject|greylist|hold -p port -s sessions -n messages -m messages a connection (0: all)\n"
                      "         -l bytes -r run -e expected code -w timeout seconds -u recipients -b bodies\n");
      exit(2);
  }
}

int main(int argc, char **argv)
{
  read_plan(argc, argv);
  begin_process();
  prepare_bodies();
  poll_fd = epoll_create1(0);
  Session *sessions = calloc((size_t)plan.sessions, sizeof *sessions);
  if (plan.mode == 'h') run_hold(sessions);
  else run_load(sessions);
  return 0;
}
