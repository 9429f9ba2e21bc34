/* A bad network in front of a server's UDP port, for real browsers: they are told this program's
 * address, and what passes through it is lost, late or held up as load/link.h says.
 *
 *   badnet LISTEN:PORT SERVER:PORT
 *
 * Commands on standard input, a line each:
 *   from-now       clients (by address and port) that appear from here on go over the bad network;
 *                  those before pass untouched
 *   up WORDS       what it is like towards the server (link_read)
 *   down WORDS     … and from it
 *   queue          writes a line: the longest wait for a turn downwards since the last one, µs
 * It ends at the end of its input. One thread.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load/link.h"

#define DATAGRAM_BYTES 2048
#define CLIENTS_MAX 64
#define BUFFER_BYTES (4 * 1024 * 1024)

typedef struct {
  struct sockaddr_in address;
  int fd; /* connected to the server */
  bool bad;
  Link *up, *down;
} Client;

static int listener;
static struct sockaddr_in server;
static Client *clients[CLIENTS_MAX];
static unsigned client_count;
static bool from_now;
static LinkSetting up, down;

static struct sockaddr_in parse(const char *text) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  g_auto(GStrv) parts = g_strsplit(text, ":", 2);
  if (!parts[0] || !parts[1] || inet_pton(AF_INET, parts[0], &address.sin_addr) != 1) {
    fprintf(stderr, "badnet: not ADDRESS:PORT: %s\n", text);
    exit(2);
  }
  address.sin_port = htons((uint16_t)atoi(parts[1]));
  return address;
}

static int open_socket(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int bytes = BUFFER_BYTES;
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) < 0) {
    perror("badnet: socket");
    exit(1);
  }
  return fd;
}

/* A send that fails is a packet lost. */
static void to_server(void *user, uint8_t *data, size_t len, int64_t now_us) {
  const Client *client = user;
  (void)send(client->fd, data, len, MSG_NOSIGNAL);
}

static void to_client(void *user, uint8_t *data, size_t len, int64_t now_us) {
  const Client *client = user;
  (void)sendto(listener, data, len, MSG_NOSIGNAL, (const struct sockaddr *)&client->address,
               sizeof client->address);
}

static Client *client_of(const struct sockaddr_in *address) {
  for (unsigned i = 0; i < client_count; i++)
    if (clients[i]->address.sin_port == address->sin_port &&
        clients[i]->address.sin_addr.s_addr == address->sin_addr.s_addr)
      return clients[i];
  if (client_count == CLIENTS_MAX)
    return NULL;
  Client *client = g_new0(Client, 1);
  client->address = *address;
  client->fd = open_socket();
  if (connect(client->fd, (const struct sockaddr *)&server, sizeof server) < 0) {
    perror("badnet: connect");
    exit(1);
  }
  client->bad = from_now;
  client->up = link_new(2 * client_count + 1, to_server, client);
  client->down = link_new(2 * client_count + 2, to_client, client);
  if (client->bad) {
    link_set(client->up, &up);
    link_set(client->down, &down);
  }
  clients[client_count++] = client;
  return client;
}

static void read_clients(int64_t now_us) {
  uint8_t data[DATAGRAM_BYTES];
  struct sockaddr_in from;
  ssize_t len;
  for (;;) {
    socklen_t from_len = sizeof from;
    len = recvfrom(listener, data, sizeof data, 0, (struct sockaddr *)&from, &from_len);
    if (len < 0)
      return;
    Client *client = client_of(&from);
    if (client)
      link_push(client->up, data, (size_t)len, now_us);
  }
}

static void read_server(Client *client, int64_t now_us) {
  uint8_t data[DATAGRAM_BYTES];
  ssize_t len;
  while ((len = recv(client->fd, data, sizeof data, 0)) >= 0)
    link_push(client->down, data, (size_t)len, now_us);
}

static void set(const char *words, LinkSetting *setting, bool upwards) {
  if (!link_read(words, setting)) {
    fprintf(stderr, "badnet: not understood: %s\n", words);
    exit(2);
  }
  for (unsigned i = 0; i < client_count; i++)
    if (clients[i]->bad)
      link_set(upwards ? clients[i]->up : clients[i]->down, setting);
}

static void run_command(const char *line) {
  if (strcmp(line, "from-now") == 0) {
    from_now = true;
  } else if (g_str_has_prefix(line, "up ")) {
    set(line + 3, &up, true);
  } else if (g_str_has_prefix(line, "down ")) {
    set(line + 5, &down, false);
  } else if (strcmp(line, "queue") == 0) {
    int64_t worst_us = 0;
    for (unsigned i = 0; i < client_count; i++) {
      int64_t queue_us = link_worst_queue_us(clients[i]->down); /* it begins anew */
      worst_us = MAX(worst_us, queue_us);
    }
    printf("%" G_GINT64_FORMAT "\n", worst_us);
    fflush(stdout);
  } else {
    fprintf(stderr, "badnet: not a command: %s\n", line);
    exit(2);
  }
}

/* False at the end of the input. */
static bool read_commands(void) {
  static GString *rest;
  char data[4096];
  if (!rest)
    rest = g_string_new(NULL);
  ssize_t len = read(STDIN_FILENO, data, sizeof data);
  if (len <= 0)
    return false;
  g_string_append_len(rest, data, len);
  const char *end;
  while ((end = strchr(rest->str, '\n'))) {
    g_autofree char *line = g_strndup(rest->str, (gsize)(end - rest->str));
    g_string_erase(rest, 0, (gssize)strlen(line) + 1);
    run_command(line);
  }
  return true;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: badnet LISTEN:PORT SERVER:PORT\n");
    return 2;
  }
  struct sockaddr_in address = parse(argv[1]);
  server = parse(argv[2]);
  listener = open_socket();
  if (bind(listener, (const struct sockaddr *)&address, sizeof address) < 0) {
    perror("badnet: bind");
    return 1;
  }
  for (;;) {
    struct pollfd fds[CLIENTS_MAX + 2] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                          {.fd = listener, .events = POLLIN}};
    unsigned count = client_count;
    for (unsigned i = 0; i < count; i++)
      fds[i + 2] = (struct pollfd){.fd = clients[i]->fd, .events = POLLIN};
    poll(fds, count + 2, 1); /* links are served each millisecond */
    if (fds[0].revents && !read_commands())
      return 0;
    int64_t now_us = g_get_monotonic_time();
    read_clients(now_us);
    for (unsigned i = 0; i < client_count; i++) {
      read_server(clients[i], now_us);
      link_run(clients[i]->up, now_us);
      link_run(clients[i]->down, now_us);
    }
  }
}
