#include "outbox/carrier.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "outbox/networks.h"

#define CONNECT_MS 10000L
#define WHOLE_MS 20000L
#define ANSWER_BYTES_MOST (64 * 1024) /* nobody reads it, but it must end */

struct Carrier {
  const Config *config;
  Networks *networks;
  atomic_bool stopped;
};

/* curl wants this once, before any thread uses it. */
static void start_curl(void) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
}

Carrier *carrier_new(const Config *config, GError **error) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, start_curl);
  g_autoptr(Carrier) carrier = g_new0(Carrier, 1);
  carrier->config = config;
  carrier->networks = networks_parse(config->webhook_networks, error);
  if (!carrier->networks)
    return NULL;
  return g_steal_pointer(&carrier);
}

void carrier_free(Carrier *carrier) {
  if (!carrier)
    return;
  networks_free(carrier->networks);
  g_free(carrier);
}

void carrier_stop(Carrier *carrier) {
  atomic_store(&carrier->stopped, true);
}

bool carrier_stopped(Carrier *carrier) {
  return atomic_load(&carrier->stopped);
}

/* ---- what both protocols have in common ---- */

static int look_up(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  return carrier_stopped(user); /* not 0: give up */
}

static size_t swallow(char *bytes, size_t size, size_t count, void *user) {
  size_t *total = user;
  *total += size * count;
  return *total <= ANSWER_BYTES_MOST ? size * count : 0;
}

/* The address is what the name resolved to: it is checked where it is used. */
static curl_socket_t open_public(void *user, curlsocktype purpose, struct curl_sockaddr *address) {
  const Carrier *carrier = user;
  if (!networks_allow(carrier->networks, &address->addr))
    return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static CURL *new_transfer(Carrier *carrier, const char *url, const char *protocols, char *reason) {
  CURL *curl = curl_easy_init();
  g_assert(curl);
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, WHOLE_MS);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_up);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, carrier);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* wait for no thread that resolves a name */
  if (*carrier->config->outgoing_ca_file)
    curl_easy_setopt(curl, CURLOPT_CAINFO, carrier->config->outgoing_ca_file);
  return curl;
}

/* Runs it; the answer's code, or 0. */
static long run(CURL *curl, const char *reason, Outcome *outcome) {
  size_t swallowed = 0;
  long code = 0;
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &swallowed);
  CURLcode result = curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
  outcome->ok = result == CURLE_OK;
  outcome->timed_out = result == CURLE_OPERATION_TIMEDOUT;
  if (!outcome->ok) {
    const char *brief = curl_easy_strerror(result);
    g_snprintf(outcome->reason, sizeof outcome->reason, "%s (%ld)", *reason ? reason : brief, code);
    g_snprintf(outcome->brief, sizeof outcome->brief, "%s (%ld)", brief, code);
  }
  return code;
}

/* ---- HTTP ---- */

void carrier_post(Carrier *carrier, const HttpPost *post, Outcome *outcome) {
  char reason[CURL_ERROR_SIZE] = "";
  struct curl_slist *headers = NULL;
  *outcome = (Outcome){.carried = true};
  CURL *curl = new_transfer(carrier, post->url, post->typed ? "https" : "http,https", reason);
  for (unsigned i = 0; post->headers[i]; i++)
    headers = curl_slist_append(headers, post->headers[i]);
  headers = curl_slist_append(headers, "Expect:"); /* wait for no permission to send the body */
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "Yishi");
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)post->length);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body);
  if (post->typed) {
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_public);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, carrier);
  }
  long code = run(curl, reason, outcome);
  if (outcome->ok && code / 100 != 2) {
    outcome->ok = false;
    outcome->final = code == 404 || code == 410;
    g_snprintf(outcome->reason, sizeof outcome->reason, "it answered with %ld", code);
    g_strlcpy(outcome->brief, outcome->reason, sizeof outcome->brief);
  }
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
}

/* ---- SMTP ---- */

typedef struct {
  const char *text;
  size_t left;
} Source;

static size_t give(char *out, size_t size, size_t count, void *user) {
  Source *source = user;
  size_t amount = MIN(source->left, size * count);
  memcpy(out, source->text, amount);
  source->text += amount;
  source->left -= amount;
  return amount;
}

static void sign_in(const Way *way, CURL *curl) {
  static const long uses[] = {
      [TLS_NEVER] = CURLUSESSL_NONE, [TLS_OFFERED] = CURLUSESSL_TRY, [TLS_ALWAYS] = CURLUSESSL_ALL};
  curl_easy_setopt(curl, CURLOPT_USE_SSL, uses[way->tls]);
  if (!way->account)
    return;
  curl_easy_setopt(curl, CURLOPT_USERNAME, way->account);
  curl_easy_setopt(curl, CURLOPT_PASSWORD, way->secret ? way->secret : "");
}

void carrier_mail(Carrier *carrier, const Way *way, const char *to, const char *message,
                  Outcome *outcome) {
  char reason[CURL_ERROR_SIZE] = "";
  Source source = {message, strlen(message)};
  bool tls = g_str_has_prefix(way->url, "smtps:");
  g_autofree char *from = g_strdup_printf("<%s>", way->sender);
  g_autofree char *receiver = g_strdup_printf("<%s>", to);
  *outcome = (Outcome){.carried = true};
  CURL *curl = new_transfer(carrier, way->url, tls ? "smtps" : "smtp", reason);
  struct curl_slist *receivers = curl_slist_append(NULL, receiver);
  sign_in(way, curl);
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, receivers);
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
  curl_easy_setopt(curl, CURLOPT_READDATA, &source);
  long code = run(curl, reason, outcome);
  /* 530 to 538 are about signing in, which the administrator will mend (RFC 4954 section 6). */
  outcome->final = !outcome->ok && code >= 550 && code < 560;
  curl_slist_free_all(receivers);
  curl_easy_cleanup(curl);
}
