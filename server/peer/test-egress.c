/* Egress and port over real sockets of the loopback interface: what is sent is there at once. */
#include "peer/egress.h"
#include "peer/port.h"

#include <glib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  GPtrArray *texts;
  Path from;
  int64_t arrival_us;
} Inbox;

static void on_datagram(void *user, Datagram *datagram) {
  Inbox *inbox = user;
  for (unsigned i = 0; i < PORT_PADDING; i++)
    g_assert_cmpuint(datagram->data[datagram->len + i], ==, 0);
  g_ptr_array_add(inbox->texts, g_strndup((const char *)datagram->data, datagram->len));
  inbox->from = datagram->from;
  inbox->arrival_us = datagram->arrival_us;
}

static Path path_to(const Port *port, unsigned socket) {
  Path path = {.family = AF_INET,
               .socket = (uint8_t)socket,
               .port = (uint16_t)port_number(port),
               .ip = {127, 0, 0, 1}};
  return path;
}

static Port *open_port(bool gso) {
  GError *error = NULL;
  Port *port = port_new("127.0.0.1", "", 0, gso, false, &error);
  g_assert_no_error(error);
  return port;
}

static void queue(Egress *egress, EgressFlow *flow, const char *text) {
  memcpy(egress_reserve(egress, strlen(text) + 20), text, strlen(text));
  egress_commit(egress, flow, strlen(text));
}

typedef enum { PLAIN, GSO, GSO_REFUSED } Sending;

static void test_order_and_sizes(gconstpointer data) {
  Sending sending = GPOINTER_TO_INT(data);
  Port *a = open_port(sending != PLAIN), *b = open_port(false), *c = open_port(false);
  Egress *egress = port_egress(a);
  EgressFlow to_b = {.path = path_to(b, 0)}, to_c = {.path = path_to(c, 0)};
  int on = 1;
  if (sending == GSO_REFUSED) /* the kernel splits nothing whose checksum it is not to write */
    g_assert_cmpint(setsockopt(port_fd(a, 0), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), ==, 0);
  static const char *texts[] = {"one", "two", "six", "x", "four", "five", "sixteen", "ten"};
  unsigned last = G_N_ELEMENTS(texts) - 1;
  for (unsigned i = 0; i <= last; i += 2) { /* interleaved, as a fan-out is; some lie together */
    for (unsigned j = i; j <= i + 1; j++)
      queue(egress, &to_b, texts[j]);
    for (unsigned j = i; j <= i + 1; j++)
      queue(egress, &to_c, texts[last - j]);
  }
  Path stray = path_to(b, 0);
  egress_send(egress, &stray, "stray", 5);
  egress_flush(egress);
  g_assert_cmpuint(egress_stats(egress)->packets, ==, 2 * G_N_ELEMENTS(texts) + 1);
  g_assert_cmpuint(egress_stats(egress)->dropped, ==, 0);
  if (sending == GSO_REFUSED)
    g_assert_cmpuint(egress_stats(egress)->calls, >, 2 * G_N_ELEMENTS(texts));
  else
    g_assert_cmpuint(egress_stats(egress)->calls, ==, 1);

  for (int side = 0; side < 2; side++) {
    Inbox inbox = {.texts = g_ptr_array_new_with_free_func(g_free)};
    port_receive(side ? c : b, 0, 256, on_datagram, &inbox);
    g_autoptr(GString) got = g_string_new(NULL), expected = g_string_new(NULL);
    for (unsigned i = 0; i < inbox.texts->len; i++)
      if (!g_str_equal(g_ptr_array_index(inbox.texts, i), "stray"))
        g_string_append_printf(got, "%s ", (char *)g_ptr_array_index(inbox.texts, i));
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
      g_string_append_printf(expected, "%s ", texts[side ? last - i : i]);
    g_assert_cmpstr(got->str, ==, expected->str);
    g_assert_cmpuint(inbox.texts->len, ==, G_N_ELEMENTS(texts) + (side ? 0 : 1));
    g_assert_cmpuint(inbox.from.port, ==, port_number(a));
    g_ptr_array_unref(inbox.texts);
  }
  port_free(a);
  port_free(b);
  port_free(c);
}

/* More than fits into the queue is sent in between; nothing is lost. */
static void test_overflow(void) {
  Port *a = open_port(true), *b = open_port(false);
  Egress *egress = port_egress(a);
  EgressFlow flow = {.path = path_to(b, 0)};
  Inbox inbox = {.texts = g_ptr_array_new_with_free_func(g_free)};
  for (int i = 0; i < 5000; i++) {
    char text[32];
    g_snprintf(text, sizeof text, "%06d", i);
    queue(egress, &flow, text);
    if (i % 500 == 0)
      port_receive(b, 0, 4096, on_datagram, &inbox);
  }
  egress_flush(egress);
  while (port_receive(b, 0, 256, on_datagram, &inbox))
    ;
  g_assert_cmpuint(inbox.texts->len, ==, 5000);
  for (int i = 0; i < 5000; i++)
    g_assert_cmpint(atoi(g_ptr_array_index(inbox.texts, i)), ==, i);
  g_ptr_array_unref(inbox.texts);
  port_free(a);
  port_free(b);
}

static void test_ports(void) {
  g_autoptr(GError) error = NULL;
  unsigned count;
  Port *port = port_new("127.0.0.1, 127.0.0.2", "", 0, false, false, &error);
  g_assert_no_error(error);
  g_assert_true(port_fd(port, 1) >= 0 && port_fd(port, 2) < 0); /* both on one number */
  g_assert_null(port_new("127.0.0.1", "", port_number(port), false, false, &error));
  g_assert_nonnull(error);
  g_clear_error(&error);
  const char *const *candidates = port_candidates(port, &count);
  g_assert_cmpuint(count, ==, 2);
  g_autofree char *expected = g_strdup_printf("127.0.0.2 %u typ host", port_number(port));
  g_assert_true(g_str_has_suffix(candidates[1], expected));
  port_free(port);

  port = port_new("127.0.0.1", "198.51.100.7", 0, false, false, &error);
  candidates = port_candidates(port, &count);
  g_assert_cmpuint(count, ==, 1);
  g_assert_nonnull(strstr(candidates[0], " 198.51.100.7 "));
  port_free(port);
  g_assert_null(port_new("example.org", "", 0, false, false, &error));
  g_assert_nonnull(error);
  g_clear_error(&error);
  port = port_new("", "", 0, false, false, &error);
  g_assert_no_error(error);
  candidates = port_candidates(port, &count);
  g_assert_nonnull(strstr(candidates[count - 1], " 127.0.0.1 ")); /* loopback comes last */
  port_free(port);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/peer/egress/plain", GINT_TO_POINTER(PLAIN), test_order_and_sizes);
  g_test_add_data_func("/peer/egress/gso", GINT_TO_POINTER(GSO), test_order_and_sizes);
  g_test_add_data_func("/peer/egress/refused", GINT_TO_POINTER(GSO_REFUSED), test_order_and_sizes);
  g_test_add_func("/peer/egress/overflow", test_overflow);
  g_test_add_func("/peer/egress/ports", test_ports);
  return g_test_run();
}
