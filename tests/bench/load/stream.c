#include "stream.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES 65536

struct Stream {
  Loop *loop;
  LoopWatch watch;
  int fd;
  StreamEvents events;
  void *user;
  GByteArray *in, *out;
  bool waits_to_write;
  bool busy, dead; /* dead: freed by a callback, its memory when that returns */
};

/* Everybody connects to the same server: asked once. */
static bool find_server(const char *url, struct sockaddr_in *out) {
  static char known_url[128];
  static struct sockaddr_in known;
  if (strcmp(url, known_url) != 0) {
    char host[64], port[8];
    if (sscanf(url, "http://%63[^:/]:%7[0-9]", host, port) != 2 &&
        sscanf(url, "ws://%63[^:/]:%7[0-9]", host, port) != 2)
      return false;
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) != 0)
      return false;
    memcpy(&known, found->ai_addr, sizeof known);
    freeaddrinfo(found);
    g_strlcpy(known_url, url, sizeof known_url);
  }
  *out = known;
  return true;
}

static void write_out(Stream *stream) {
  while (stream->out->len > 0) {
    ssize_t sent = send(stream->fd, stream->out->data, stream->out->len, MSG_NOSIGNAL);
    if (sent <= 0)
      break; /* full, or broken: then reading tells */
    g_byte_array_remove_range(stream->out, 0, (guint)sent);
  }
  bool waits = stream->out->len > 0;
  if (waits != stream->waits_to_write) {
    stream->waits_to_write = waits;
    loop_change(stream->loop, stream->fd, waits ? EPOLLIN | EPOLLOUT : EPOLLIN, &stream->watch);
  }
}

static void end(Stream *stream) {
  g_byte_array_unref(stream->in);
  g_byte_array_unref(stream->out);
  g_free(stream);
}

static void read_in(Stream *stream) {
  guint before = stream->in->len;
  g_byte_array_set_size(stream->in, before + READ_BYTES);
  ssize_t got = recv(stream->fd, stream->in->data + before, READ_BYTES, 0);
  int why = errno;
  g_byte_array_set_size(stream->in, before + (guint)MAX(got, 0));
  stream->busy = true;
  if (got > 0)
    stream->events.bytes(stream->user, stream->in);
  else if (got == 0 || (why != EAGAIN && why != EINTR))
    stream->events.closed(stream->user);
  stream->busy = false;
  if (stream->dead)
    end(stream);
}

static void on_ready(void *data, uint32_t events, int64_t now_us) {
  Stream *stream = data;
  if (events & EPOLLOUT)
    write_out(stream);
  if (events & ~(uint32_t)EPOLLOUT)
    read_in(stream);
}

Stream *stream_new(Loop *loop, const char *url, const StreamEvents *events, void *user) {
  struct sockaddr_in server;
  if (!find_server(url, &server))
    return NULL;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
  if (fd < 0)
    return NULL;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(fd, (struct sockaddr *)&server, sizeof server) != 0 && errno != EINPROGRESS) {
    close(fd);
    return NULL;
  }
  Stream *stream = g_new0(Stream, 1);
  *stream = (Stream){.loop = loop,
                     .fd = fd,
                     .events = *events,
                     .user = user,
                     .in = g_byte_array_new(),
                     .out = g_byte_array_new(),
                     .waits_to_write = true};
  stream->watch = (LoopWatch){on_ready, stream};
  loop_watch(loop, fd, EPOLLIN | EPOLLOUT, &stream->watch);
  return stream;
}

void stream_free(Stream *stream) {
  if (!stream)
    return;
  loop_unwatch(stream->loop, stream->fd, &stream->watch);
  close(stream->fd);
  if (stream->busy)
    stream->dead = true;
  else
    end(stream);
}

void stream_write(Stream *stream, const void *data, size_t len) {
  g_byte_array_append(stream->out, data, (guint)len);
  if (!stream->waits_to_write)
    write_out(stream);
}
