#include "outbox/carrier.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/secret-file.h"
#include "outbox/networks.h"

#define CONNECT_MS 10000L
#define WHOLE_MS 20000L
#define ANSWER_BYTES_MOST (64 * 1024) /* nobody reads it, but it must end */

struct Carrier {
  const Config *config;
  Networks *networks;
  char *smtp_password, *sms_secret;
  atomic_bool stopped;
};

/* curl wants this once, before any thread uses it. */
static void start_curl(void) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool read_secret(const char *key, const char *path, char **secret, GError **error) {
  *secret = *path ? secret_file_read(key, path, 1, error) : NULL;
  return !*path || *secret;
}

Carrier *carrier_new(const Config *config, GError **error) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, start_curl);
  g_autoptr(Carrier) carrier = g_new0(Carrier, 1);
  carrier->config = config;
  carrier->networks = networks_parse(config->webhook_networks, error);
  if (!carrier->networks ||
      !read_secret("smtp_password_file", config->smtp_password_file, &carrier->smtp_password,
                   error) ||
      !read_secret("sms_hook_secret_file", config->sms_hook_secret_file, &carrier->sms_secret,
                   error))
    return NULL;
  return g_steal_pointer(&carrier);
}

void carrier_free(Carrier *carrier) {
  if (!carrier)
    return;
  networks_free(carrier->networks);
  secret_free(carrier->smtp_password);
  secret_free(carrier->sms_secret);
  g_free(carrier);
}

void carrier_stop(Carrier *carrier) {
  atomic_store(&carrier->stopped, true);
}

bool carrier_stopped(Carrier *carrier) {
  return atomic_load(&carrier->stopped);
}

const char *carrier_sms_secret(const Carrier *carrier) {
  return carrier->sms_secret;
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
  *outcome = (Outcome){0};
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

static void sign_in(const Carrier *carrier, CURL *curl) {
  const Config *config = carrier->config;
  if (strcmp(config->smtp_tls, "starttls") == 0)
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
  if (!*config->smtp_user)
    return;
  curl_easy_setopt(curl, CURLOPT_USERNAME, config->smtp_user);
  curl_easy_setopt(curl, CURLOPT_PASSWORD, carrier->smtp_password);
}

void carrier_mail(Carrier *carrier, const char *to, const char *message, Outcome *outcome) {
  const Config *config = carrier->config;
  char reason[CURL_ERROR_SIZE] = "";
  Source source = {message, strlen(message)};
  bool tls = strcmp(config->smtp_tls, "tls") == 0;
  g_autofree char *url = g_strdup_printf("%s://%s", tls ? "smtps" : "smtp", config->smtp_server);
  g_autofree char *from = g_strdup_printf("<%s>", config->mail_from);
  g_autofree char *receiver = g_strdup_printf("<%s>", to);
  *outcome = (Outcome){0};
  CURL *curl = new_transfer(carrier, url, tls ? "smtps" : "smtp", reason);
  struct curl_slist *receivers = curl_slist_append(NULL, receiver);
  sign_in(carrier, curl);
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
