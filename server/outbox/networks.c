#include "outbox/networks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/config.h"

#define BYTES 16
#define V4_IN_V6 96 /* bits before an IPv4 address that is written as an IPv6 one */

/* IPv4 as ::ffff:a.b.c.d, so that there is one form. */
typedef struct {
  unsigned char bytes[BYTES];
  unsigned bits;
} Network;

struct Networks {
  GArray *items; /* of Network */
};

/* Everything of IPv4 that is not public. */
static const char private_v4[] =
    "0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, "
    "192.0.0.0/24, 192.0.2.0/24, 192.88.99.0/24, 192.168.0.0/16, 198.18.0.0/15, 198.51.100.0/24, "
    "203.0.113.0/24, 224.0.0.0/4, 240.0.0.0/4";
/* Of IPv6 2000::/3 is what is routed at all; in it lie these, among them addresses that carry an
 * IPv4 address (Teredo, 6to4). */
static const char routed_v6[] = "2000::/3";
static const char private_v6[] = "2001::/23, 2001:db8::/32, 2002::/16, 3fff::/20";

static void take_v4(const struct in_addr *v4, unsigned char bytes[BYTES]) {
  memset(bytes, 0, BYTES);
  bytes[10] = bytes[11] = 0xff;
  memcpy(bytes + 12, v4, 4);
}

static bool parse_one(char *text, Network *network) {
  struct in_addr v4;
  struct in6_addr v6;
  char *slash = strchr(text, '/');
  guint64 bits = 0;
  if (slash)
    *slash = 0;
  bool is_v4 = inet_pton(AF_INET, text, &v4) == 1;
  if (is_v4)
    take_v4(&v4, network->bytes);
  else if (inet_pton(AF_INET6, text, &v6) == 1)
    memcpy(network->bytes, &v6, BYTES);
  else
    return false;
  unsigned most = is_v4 ? 32 : 128;
  if (slash && !g_ascii_string_to_unsigned(slash + 1, 10, 0, most, &bits, NULL))
    return false;
  network->bits = (slash ? (unsigned)bits : most) + (is_v4 ? V4_IN_V6 : 0);
  return true;
}

Networks *networks_parse(const char *text, GError **error) {
  g_autoptr(Networks) networks = g_new0(Networks, 1);
  networks->items = g_array_new(FALSE, FALSE, sizeof(Network));
  g_auto(GStrv) parts = g_strsplit(text, ",", -1);
  for (unsigned i = 0; parts[i]; i++) {
    Network network;
    g_autofree char *part = g_strdup(g_strstrip(parts[i]));
    if (!*part && !parts[1])
      break;
    if (!parse_one(parts[i], &network)) {
      g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                  "webhook_networks wants addresses or networks such as 10.1.0.0/16, "
                  "comma-separated, not \"%s\"",
                  part);
      return NULL;
    }
    g_array_append_val(networks->items, network);
  }
  return g_steal_pointer(&networks);
}

void networks_free(Networks *networks) {
  if (!networks)
    return;
  g_array_unref(networks->items);
  g_free(networks);
}

static bool lies_in(const Network *network, const unsigned char bytes[BYTES]) {
  unsigned whole = network->bits / 8, rest = network->bits % 8;
  return memcmp(network->bytes, bytes, whole) == 0 &&
         (rest == 0 || (network->bytes[whole] ^ bytes[whole]) >> (8 - rest) == 0);
}

static bool lies_in_any(const Networks *networks, const unsigned char bytes[BYTES]) {
  for (unsigned i = 0; i < networks->items->len; i++)
    if (lies_in(&g_array_index(networks->items, Network, i), bytes))
      return true;
  return false;
}

static bool lies_in_text(const char *text, const unsigned char bytes[BYTES]) {
  g_autoptr(Networks) networks = networks_parse(text, NULL);
  g_assert(networks);
  return lies_in_any(networks, bytes);
}

static bool is_public(const unsigned char bytes[BYTES]) {
  static const unsigned char v4[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (memcmp(bytes, v4, sizeof v4) == 0)
    return !lies_in_text(private_v4, bytes);
  return lies_in_text(routed_v6, bytes) && !lies_in_text(private_v6, bytes);
}

bool networks_allow(const Networks *networks, const struct sockaddr *address) {
  unsigned char bytes[BYTES];
  if (address->sa_family == AF_INET)
    take_v4(&((const struct sockaddr_in *)(const void *)address)->sin_addr, bytes);
  else if (address->sa_family == AF_INET6)
    memcpy(bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, BYTES);
  else
    return false;
  return lies_in_any(networks, bytes) || is_public(bytes);
}
