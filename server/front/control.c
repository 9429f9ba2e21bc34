/* See control.h. */
#include "front/control.h"

#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "room/lines.h"

#define LINE_BYTES 256
#define PERSON "person "
#define CLIENTS_MAX 8
#define TIMEOUT_S 5

struct Control {
  Assembly *assembly;
  GSocketService *service;
  char *path;
  GQueue clients; /* Client, owned */
};

typedef struct {
  Control *control;
  GSocketConnection *connection;
  GCancellable *cancellable;
  char line[LINE_BYTES];
  size_t length;
  char *answer;
  GList link;
  unsigned pending; /* calls of GIO that will come back */
  bool closed;
} Client;

static void free_closed(Client *client) {
  if (!client->closed || client->pending > 0)
    return;
  g_object_unref(client->connection);
  g_object_unref(client->cancellable);
  g_free(client->answer);
  g_free(client);
}

/* The client is freed when the last call has come back. */
static void close_client(Client *client) {
  if (client->closed)
    return;
  client->closed = true;
  g_queue_unlink(&client->control->clients, &client->link);
  assembly_lines_forget(client->control->assembly, client);
  g_cancellable_cancel(client->cancellable);
  g_socket_close(g_socket_connection_get_socket(client->connection), NULL);
  free_closed(client);
}

static void on_written(GObject *stream, GAsyncResult *result, void *data) {
  Client *client = data;
  g_output_stream_write_all_finish(G_OUTPUT_STREAM(stream), result, NULL, NULL);
  client->pending--;
  if (client->closed)
    free_closed(client);
  else
    close_client(client);
}

static void answer(Client *client, const json_t *document) {
  char *text = json_dumps(document, JSON_COMPACT);
  client->answer = g_strconcat(text, "\n", NULL);
  free(text);
  client->pending++;
  g_output_stream_write_all_async(g_io_stream_get_output_stream(G_IO_STREAM(client->connection)),
                                  client->answer, strlen(client->answer), G_PRIORITY_DEFAULT,
                                  client->cancellable, on_written, client);
}

static void on_lines(void *user, const json_t *lines) {
  Client *client = user;
  json_t *document = json_pack("{s:O}", "peers", lines);
  answer(client, document);
  json_decref(document);
}

static void obey(Client *client, const char *command) {
  Assembly *assembly = client->control->assembly;
  json_t *document;
  if (strcmp(command, "peers") == 0) {
    assembly_lines(assembly, on_lines, client);
    return;
  }
  if (g_str_has_prefix(command, PERSON)) {
    assembly_person_changed(assembly, command + strlen(PERSON));
    assembly_names_changed(assembly);
    document = json_pack("{s:b}", "told", 1);
  } else {
    document = json_pack("{s:s}", "error", "unknown_command");
  }
  answer(client, document);
  json_decref(document);
}

static void read_more(Client *client);

static void on_read(GObject *stream, GAsyncResult *result, void *data) {
  Client *client = data;
  gssize count = g_input_stream_read_finish(G_INPUT_STREAM(stream), result, NULL);
  client->pending--;
  if (client->closed) {
    free_closed(client);
    return;
  }
  client->length += count > 0 ? (size_t)count : 0;
  char *end = memchr(client->line, '\n', client->length);
  if (end) {
    *end = '\0';
    obey(client, client->line);
  } else if (count > 0 && client->length < sizeof client->line) {
    read_more(client);
  } else {
    close_client(client);
  }
}

static void read_more(Client *client) {
  GInputStream *input = g_io_stream_get_input_stream(G_IO_STREAM(client->connection));
  client->pending++;
  g_input_stream_read_async(input, client->line + client->length,
                            sizeof client->line - client->length, G_PRIORITY_DEFAULT,
                            client->cancellable, on_read, client);
}

static gboolean on_incoming(GSocketService *service, GSocketConnection *connection, GObject *source,
                            void *data) {
  Control *control = data;
  if (control->clients.length >= CLIENTS_MAX)
    return TRUE; /* closed when the last reference goes */
  Client *client = g_new0(Client, 1);
  client->control = control;
  client->connection = g_object_ref(connection);
  client->cancellable = g_cancellable_new();
  client->link.data = client;
  g_socket_set_timeout(g_socket_connection_get_socket(connection), TIMEOUT_S);
  g_queue_push_tail_link(&control->clients, &client->link);
  read_more(client);
  return TRUE;
}

/* The process' umask (main.c) keeps others out from the first moment on. */
static bool listen_at(Control *control, GError **error) {
  g_unlink(control->path); /* of a run before: two servers on one folder do not start */
  g_autoptr(GSocketAddress) address = g_unix_socket_address_new(control->path);
  bool ok = g_socket_listener_add_address(G_SOCKET_LISTENER(control->service), address,
                                          G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL,
                                          NULL, error);
  if (ok)
    g_chmod(control->path, 0600);
  return ok;
}

Control *control_new(const Config *config, Assembly *assembly, GError **error) {
  Control *control = g_new0(Control, 1);
  control->assembly = assembly;
  control->path = g_build_filename(config->data_dir, CONTROL_NAME, NULL);
  control->service = g_socket_service_new();
  g_queue_init(&control->clients);
  g_signal_connect(control->service, "incoming", G_CALLBACK(on_incoming), control);
  if (!listen_at(control, error)) {
    g_clear_pointer(&control->path, g_free); /* not ours */
    control_free(control);
    return NULL;
  }
  g_socket_service_start(control->service);
  return control;
}

void control_free(Control *control) {
  if (!control)
    return;
  g_signal_handlers_disconnect_by_data(control->service, control);
  g_socket_service_stop(control->service);
  g_socket_listener_close(G_SOCKET_LISTENER(control->service));
  while (control->clients.head)
    close_client(control->clients.head->data);
  if (control->path)
    g_unlink(control->path);
  g_object_unref(control->service);
  g_free(control->path);
  g_free(control);
}
