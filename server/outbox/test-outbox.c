/* From queued rows to what servers on loopback hear, and back: mail, text messages, webhooks,
 * pushes, what is tried again and what is given up. Time is passed in. */
#include "outbox/outbox.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "domain/subjects.h"
#include "model/notice.h"
#include "outbox/batch.h"
#include "outbox/mail.h"
#include "outbox/test-servers.h"
#include "outbox/texts.h"
#include "store/connection.h"
#include "store/statement.h"
#include "store/test-fixture.h"

#define ZONE "Asia/Shanghai"
#define NOON (T0 + 12 * 3600 * INT64_C(1000)) /* T0 is midnight there */
#define MINUTE 60000
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define P256DH                                                                                     \
  "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
#define AUTH "BTBZMqHH6r4Tts7J_aSIgg"

typedef struct {
  Fixture f;
  Outbox *outbox;
  Model *model;
  char ada[17], bo[17];
} Bed;

static void set(char **field, char *value) {
  g_free(*field);
  *field = value;
}

static void bed_init(Bed *bed) {
  *bed = (Bed){.model = subjects_model()};
  fixture_init(&bed->f);
  fixture_person(bed->f.db, "Ada", "ada", "member", 1, bed->ada);
  fixture_person(bed->f.db, "Bo", "bo", "member", 1, bed->bo);
}

static void bed_clear(Bed *bed) {
  if (bed->outbox) {
    outbox_stop(bed->outbox);
    mailbox_drain(bed->f.mailbox);
    fixture_stop(&bed->f);
    outbox_free(bed->outbox);
  }
  fixture_clear(&bed->f);
  subjects_free(bed->model);
}

static void run(Bed *bed, const char *sql) {
  GError *error = NULL;
  db_exec(bed->f.db, sql, &error);
  g_assert_no_error(error);
}

static int64_t number(Bed *bed, const char *sql) {
  g_autoptr(sqlite3) own = bed->outbox ? connection_open(bed->f.path, CONNECTION_READ, NULL) : NULL;
  g_autoptr(sqlite3_stmt) stmt = NULL;
  g_assert_cmpint(sqlite3_prepare_v2(own ? own : bed->f.db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint(sqlite3_step(stmt), ==, SQLITE_ROW);
  return sqlite3_column_int64(stmt, 0);
}

static void run_beside(Bed *bed, const char *sql) {
  GError *error = NULL;
  g_autoptr(sqlite3) own = connection_open(bed->f.path, CONNECTION_WRITE, &error);
  g_assert_no_error(error);
  db_exec(own, sql, &error);
  g_assert_no_error(error);
}

/* Tells Ada, or Ada and Bo, by these ways. */
static void post(Bed *bed, const char *ways, bool urgent, bool both) {
  const char *people[] = {bed->ada, bed->bo};
  static char record[] = "record0000000001";
  GError *error = NULL;
  g_assert_true(notice_channels_set(bed->f.db, ways, NULL));
  record[15]++; /* not the same again */
  const NoticeNew notice = {"post", "begun", record,
                            urgent, NULL,    "{\"org\":\"科技界\",\"since\":\"2026-01-01\"}"};
  notice_put(bed->f.db, &notice, people, both ? 2 : 1, NOON, ZONE, &error);
  g_assert_no_error(error);
}

static void start(Bed *bed) {
  GError *error = NULL;
  fixture_start(&bed->f);
  bed->outbox = outbox_new(bed->f.config, bed->f.store, bed->f.mailbox, bed->model, &error);
  g_assert_no_error(error);
}

static void finish(Bed *bed) {
  struct pollfd mail = {.fd = mailbox_fd(bed->f.mailbox), .events = POLLIN};
  while (!outbox_is_idle(bed->outbox)) {
    poll(&mail, 1, 1000);
    mailbox_drain(bed->f.mailbox);
  }
}

static void work(Bed *bed, int64_t now_ms) {
  outbox_run(bed->outbox, now_ms);
  finish(bed);
}

/* What was said in one connection, as text. */
static char *heard(Fake *fake, unsigned n) {
  g_autoptr(GBytes) bytes = fake_heard(fake, n);
  return bytes ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
}

static void assert_has(const char *text, const char *part) {
  if (!text || !strstr(text, part))
    g_error("no \"%s\" in: %s", part, text);
}

/* The decoded body of a mail. */
static char *mail_body(const char *said) {
  const char *begin = strstr(said, "auto-generated\r\n\r\n");
  g_assert_nonnull(begin);
  begin += strlen("auto-generated\r\n\r\n");
  g_autofree char *code = g_strndup(begin, (gsize)(strstr(begin, "\r\n.\r\n") - begin));
  gsize size;
  g_autofree guchar *bytes = g_base64_decode(code, &size);
  return g_strndup((const char *)bytes, size);
}

static void with_smtp(Bed *bed, Fake *fake) {
  set(&bed->f.config->smtp_server, g_strdup_printf("127.0.0.1:%u", fake_port(fake)));
  set(&bed->f.config->smtp_tls, g_strdup("none"));
  set(&bed->f.config->mail_from, g_strdup("yishi@example.org"));
  run(bed, "update inbox set email = 'ada@example.org'");
}

/* Two notices to one person are one mail, which says both; one that is not due waits. */
static void test_mail(void) {
  Bed bed;
  bed_init(&bed);
  Fake *fake = fake_new(FAKE_SMTP, NULL);
  with_smtp(&bed, fake);
  post(&bed, "email", true, false);
  post(&bed, "email", true, false);
  post(&bed, "email", false, false); /* at 16:00 */
  start(&bed);
  work(&bed, NOON);
  g_autofree char *said = heard(fake, 0);
  assert_has(said, "MAIL FROM:<yishi@example.org>");
  assert_has(said, "RCPT TO:<ada@example.org>");
  assert_has(said, "Message-ID: <");
  g_autofree char *body = mail_body(said);
  assert_has(body, "2025-11-25 12:00  您自 2026-01-01 起在“科技界”任职\r\n2025-11-25 12:00  您自");
  g_assert_cmpuint(fake_connections(fake), ==, 1);
  g_assert_cmpint(number(&bed, "select count(*) from delivery where state = 'sent'"), ==, 2);
  work(&bed, NOON + 4 * 60 * MINUTE);
  g_assert_cmpuint(fake_connections(fake), ==, 2);
  g_assert_cmpint(number(&bed, "select count(*) from delivery where state = 'sent'"), ==, 3);
  bed_clear(&bed);
  fake_free(fake);
}

/* What a server refuses for a while is tried again, later and later; what it refuses for good is
 * given up. */
static void test_again(void) {
  Bed bed;
  bed_init(&bed);
  Fake *fake = fake_new(FAKE_SMTP, NULL);
  with_smtp(&bed, fake);
  post(&bed, "email", true, false);
  start(&bed);
  fake_answer(fake, 451);
  fake_answer(fake, 451);
  fake_answer(fake, 550);
  work(&bed, NOON);
  int64_t next_ms = number(&bed, "select next_at from delivery where state = 'queued'");
  g_assert_true(next_ms >= NOON + MINUTE && next_ms < NOON + MINUTE + 10000);
  g_assert_cmpint(number(&bed, "select attempts from delivery"), ==, 1);
  work(&bed, NOON + MINUTE - 1);
  g_assert_cmpuint(fake_connections(fake), ==, 1);
  work(&bed, next_ms);
  g_assert_cmpint(number(&bed, "select next_at from delivery"), >=, next_ms + 5 * MINUTE);
  work(&bed, NOON + 60 * MINUTE);
  g_assert_cmpint(number(&bed, "select count(*) from delivery where state = 'failed' and attempts"
                               " = 3 and reason is not null"),
                  ==, 1);
  g_autofree char *first = heard(fake, 0), *second = heard(fake, 1);
  const char *id = strstr(first, "Message-ID:");
  g_autofree char *line = g_strndup(id, strcspn(id, "\r"));
  assert_has(second, line); /* the same mail again */
  bed_clear(&bed);
  fake_free(fake);
}

/* Nobody is there: seven more tries, then it is given up. */
static void test_give_up(void) {
  Bed bed;
  bed_init(&bed);
  Fake *fake = fake_new(FAKE_HTTP, NULL);
  set(&bed.f.config->sms_hook_url, g_strdup_printf("http://127.0.0.1:%u/", fake_port(fake)));
  fake_free(fake);
  run(&bed, "update inbox set phone = '+8613800000001'");
  post(&bed, "sms", true, false);
  start(&bed);
  int64_t now_ms = NOON;
  for (unsigned i = 1; i <= 8; i++) {
    work(&bed, now_ms);
    g_assert_cmpint(number(&bed, "select attempts from delivery"), ==, i);
    now_ms += 24 * 60 * MINUTE + 10000;
  }
  g_assert_cmpint(number(&bed, "select count(*) from delivery where state = 'failed'"), ==, 1);
  bed_clear(&bed);
}

static void test_sms(void) {
  Bed bed;
  bed_init(&bed);
  Fake *fake = fake_new(FAKE_HTTP, NULL);
  g_autofree char *path = g_build_filename(bed.f.dir, "sms.secret", NULL);
  g_assert_true(
      g_file_set_contents_full(path, SECRET "\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  set(&bed.f.config->sms_hook_url, g_strdup_printf("http://127.0.0.1:%u/sms", fake_port(fake)));
  set(&bed.f.config->sms_hook_secret_file, g_steal_pointer(&path));
  run(&bed, "update inbox set phone = '+8613800000001', language = 'en'");
  post(&bed, "sms", true, false);
  start(&bed);
  work(&bed, NOON);
  g_autofree char *said = heard(fake, 0);
  assert_has(said, "POST /sms HTTP");
  assert_has(said, "webhook-timestamp: 17640432");
  assert_has(said, "webhook-signature: v1,");
  assert_has(said, "\"to\":\"+8613800000001\",\"text\":\"You hold a post in 科技界 from");
  g_assert_cmpint(number(&bed, "select count(*) from delivery where state = 'sent'"), ==, 1);
  bed_clear(&bed);
  fake_free(fake);
}

/* What the administrator sets up counts before the configuration, from the next batch on and until
 * he takes it out of use; how it went is noted with it. */
static void test_integration(void) {
  Bed bed;
  bed_init(&bed);
  Fake *first = fake_new(FAKE_HTTP, NULL), *other = fake_new(FAKE_HTTP, NULL);
  set(&bed.f.config->sms_hook_url, g_strdup_printf("http://127.0.0.1:%u/first", fake_port(first)));
  run(&bed, "update inbox set phone = '+8613800000001'");
  post(&bed, "sms", true, false);
  start(&bed);
  work(&bed, NOON);
  g_autofree char *sql = g_strdup_printf(
      "insert into integration (id, kind, name, url, active, created_at)"
      " values ('sms0000000000001', 'sms', 'n', 'http://127.0.0.1:%u/other', 1, 1);"
      " insert into integration_secret values ('sms0000000000001', '" SECRET "', 1);"
      " update delivery set state = 'queued', next_at = 1",
      fake_port(other));
  run_beside(&bed, sql);
  fake_answer(other, 500);
  work(&bed, NOON + MINUTE);
  g_autofree char *said = heard(other, 0);
  assert_has(said, "POST /other HTTP");
  assert_has(said, "webhook-signature: v1,");
  g_assert_cmpint(number(&bed, "select last_failed_at from integration_use where last_sent_at is"
                               " null and failure like '%500%'"),
                  >=, NOON + MINUTE);
  work(&bed, NOON + 30 * MINUTE);
  g_assert_cmpint(
      number(&bed, "select last_sent_at > last_failed_at from integration_use where failure is"
                   " null"),
      ==, 1);
  run_beside(&bed, "update integration set active = 0;"
                   " update delivery set state = 'queued', next_at = 1");
  work(&bed, NOON + 31 * MINUTE);
  g_assert_cmpuint(fake_connections(first), ==, 2);
  g_assert_cmpuint(fake_connections(other), ==, 2);
  bed_clear(&bed);
  fake_free(first);
  fake_free(other);
}

/* The same of mail, where nothing at all is configured: it is queued and sent. */
static void test_mail_server(void) {
  Bed bed;
  bed_init(&bed);
  Fake *fake = fake_new(FAKE_SMTP, NULL);
  g_autofree char *sql =
      g_strdup_printf("insert into integration (id, kind, name, url, sender, active, created_at)"
                      " values ('smtp000000000001', 'smtp', 'n', 'smtp://127.0.0.1:%u', "
                      "'office@example.org', 1, 1);"
                      " update inbox set email = 'ada@example.org'",
                      fake_port(fake));
  run(&bed, sql);
  post(&bed, "", true, false);
  start(&bed);
  work(&bed, NOON);
  g_autofree char *said = heard(fake, 0);
  assert_has(said, "MAIL FROM:<office@example.org>");
  assert_has(said, "RCPT TO:<ada@example.org>");
  g_assert_cmpint(number(&bed, "select count(*) from delivery where state = 'sent'"), ==, 1);
  bed_clear(&bed);
  fake_free(fake);
}

/* Each program of the house that listens is told once what happened, and nothing of people; what it
 * cannot take is tried again, and a secret that is none is said. */
static void test_calls(void) {
  Bed bed;
  bed_init(&bed);
  Fake *fake = fake_new(FAKE_HTTP, NULL);
  g_autofree char *sql = g_strdup_printf(
      "insert into integration (id, kind, name, url, active, created_at) values"
      " ('hook000000000001', 'webhook', 'a', 'http://127.0.0.1:%u/a', 1, 1),"
      " ('hook000000000002', 'webhook', 'b', 'http://127.0.0.1:%u/b', 0, 1),"
      " ('hook000000000003', 'webhook', 'c', 'http://127.0.0.1:%u/c', 1, 1);"
      " insert into integration_secret values ('hook000000000001', '" SECRET "', 1),"
      " ('hook000000000003', 'sesame', 1)",
      fake_port(fake), fake_port(fake), fake_port(fake));
  run(&bed, sql);
  post(&bed, "", false, true);
  start(&bed);
  fake_answer(fake, 503);
  work(&bed, NOON);
  g_assert_cmpint(number(&bed, "select count(*) from integration_call where attempts = 1"), ==, 1);
  g_assert_cmpint(number(&bed, "select count(*) from integration_use where failure like"
                               " 'the secret%' and integration = 'hook000000000003'"),
                  ==, 1);
  work(&bed, NOON + 2 * MINUTE);
  g_assert_cmpuint(fake_connections(fake), ==, 2);
  g_autofree char *said = heard(fake, 1);
  assert_has(said, "POST /a HTTP");
  assert_has(said, "webhook-signature: v1,");
  assert_has(said, "{\"type\":\"post.begun\",\"timestamp\":\"2025-11-25T12:00:00+08:00\",\"data\":{"
                   "\"subject\":\"post\",\"record\":\"record");
  g_assert_null(strstr(said, "科技界"));
  g_assert_cmpint(number(&bed, "select count(*) from integration_call"), ==, 0);
  g_assert_cmpint(number(&bed, "select count(*) from integration_use where failure is null"), ==,
                  1);
  bed_clear(&bed);
  fake_free(fake);
}

/* An address that a user typed: https alone, and not into this network unless it is said. */
static void test_webhook(void) {
  Bed bed;
  bed_init(&bed);
  g_autofree char *ca = g_build_filename(bed.f.dir, "ca.pem", NULL);
  Fake *fake = fake_new(FAKE_HTTPS, ca);
  bed.f.config->webhooks = true;
  set(&bed.f.config->outgoing_ca_file, g_steal_pointer(&ca));
  g_autofree char *sql =
      g_strdup_printf("update inbox set webhook = 'https://127.0.0.1:%u/h', webhook_secret ="
                      " '" SECRET "'",
                      fake_port(fake));
  run(&bed, sql);
  post(&bed, "webhook", false, false); /* programs need no gathering */
  start(&bed);
  work(&bed, NOON);
  g_assert_cmpuint(fake_connections(fake), ==, 0); /* not even a connection */
  g_assert_cmpint(number(&bed, "select attempts from delivery where state = 'queued'"), ==, 1);
  outbox_stop(bed.outbox);
  fixture_stop(&bed.f);
  outbox_free(bed.outbox);
  set(&bed.f.config->webhook_networks, g_strdup("127.0.0.0/8"));
  start(&bed);
  work(&bed, NOON + 2 * MINUTE);
  g_autofree char *said = heard(fake, 0);
  assert_has(said, "POST /h HTTP");
  assert_has(said, "webhook-id: ");
  assert_has(said, "webhook-signature: v1,");
  assert_has(said, "{\"type\":\"post.begun\",\"timestamp\":\"2025-11-25T12:00:00+08:00\",\"data\":{"
                   "\"subject\":\"post\"");
  g_assert_cmpint(number(&bed, "select count(*) from delivery where state = 'sent'"), ==, 1);
  bed_clear(&bed);
  fake_free(fake);
}

static void test_plain_webhook(void) {
  Bed bed;
  bed_init(&bed);
  Fake *fake = fake_new(FAKE_HTTP, NULL);
  bed.f.config->webhooks = true;
  set(&bed.f.config->webhook_networks, g_strdup("127.0.0.1"));
  g_autofree char *sql = g_strdup_printf(
      "update inbox set webhook = 'http://127.0.0.1:%u/h', webhook_secret = '" SECRET "'",
      fake_port(fake));
  run(&bed, sql);
  post(&bed, "webhook", false, false);
  start(&bed);
  work(&bed, NOON);
  g_assert_cmpuint(fake_connections(fake), ==, 0);
  bed_clear(&bed);
  fake_free(fake);
}

/* To each browser; one that its service does not know any more is forgotten. */
static void test_push(void) {
  Bed bed;
  bed_init(&bed);
  g_autofree char *ca = g_build_filename(bed.f.dir, "ca.pem", NULL);
  Fake *fake = fake_new(FAKE_HTTPS, ca);
  set(&bed.f.config->push_contact, g_strdup("mailto:it@example.org"));
  set(&bed.f.config->webhook_networks, g_strdup("127.0.0.1"));
  set(&bed.f.config->outgoing_ca_file, g_steal_pointer(&ca));
  g_autofree char *sql = g_strdup_printf(
      "insert into push_device (id, person, endpoint, p256dh, auth, created_at)"
      " select substr(p.id, 1, 15) || c.value, p.id, 'https://127.0.0.1:%u/' || c.value,"
      "  '" P256DH "', '" AUTH
      "', c.value from person p join json_each('[1,2]') c where p.name = 'Ada'",
      fake_port(fake));
  run(&bed, sql);
  g_assert_cmpint(number(&bed, "select count(*) from push_device"), ==, 2);
  post(&bed, "push", true, false);
  post(&bed, "push", true, false);
  start(&bed);
  fake_answer(fake, 410);
  fake_answer(fake, 201);
  work(&bed, NOON);
  g_autofree char *said = heard(fake, 1);
  assert_has(said, "POST /2 HTTP");
  assert_has(said, "Authorization: vapid t=");
  assert_has(said, "Content-Encoding: aes128gcm");
  assert_has(said, "Urgency: high");
  g_assert_cmpuint(fake_connections(fake), ==, 2);
  g_assert_cmpint(number(&bed, "select count(*) from push_device where created_at = 2"), ==, 1);
  g_assert_cmpint(number(&bed, "select count(*) from push_device"), ==, 1);
  g_assert_cmpint(number(&bed, "select count(*) from delivery where state = 'sent'"), ==, 2);
  g_assert_cmpint(number(&bed, "select length(value) from setting where key = 'push_key'"), ==, 87);
  bed_clear(&bed);
  fake_free(fake);
}

/* Text messages to a listener that answers when the test says so. */
static int with_silent_hook(Bed *bed) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint(bind(fd, (struct sockaddr *)&at, sizeof at), ==, 0);
  g_assert_cmpint(listen(fd, 16), ==, 0);
  g_assert_cmpint(getsockname(fd, (struct sockaddr *)&at, &size), ==, 0);
  set(&bed->f.config->sms_hook_url, g_strdup_printf("http://127.0.0.1:%u/", ntohs(at.sin_port)));
  run(bed, "update inbox set phone = '+8613800000001'");
  return fd;
}

/* The next call, which is under way from now on. */
static int next_call(Bed *bed, int listener) {
  struct pollfd fds[] = {{.fd = mailbox_fd(bed->f.mailbox), .events = POLLIN},
                         {.fd = listener, .events = POLLIN}};
  do {
    g_assert_cmpint(poll(fds, 2, 10000), >, 0);
    mailbox_drain(bed->f.mailbox);
  } while (!(fds[1].revents & POLLIN));
  return accept(listener, NULL, NULL);
}

/* A stop is nobody's failure: what it cut short and what came after stays as it was. */
static void test_stop(void) {
  Bed bed;
  bed_init(&bed);
  int listener = with_silent_hook(&bed);
  post(&bed, "sms", true, true);
  start(&bed);
  outbox_run(bed.outbox, NOON);
  int call = next_call(&bed, listener);
  outbox_stop(bed.outbox);
  mailbox_drain(bed.f.mailbox);
  fixture_stop(&bed.f);
  g_assert_cmpint(number(&bed, "select count(*) from delivery where attempts = 0 and state ="
                               " 'queued' and reason is null"),
                  ==, 2);
  struct pollfd more = {.fd = listener, .events = POLLIN};
  g_assert_cmpint(poll(&more, 1, 0), ==, 0);
  close(call);
  close(listener);
  outbox_free(bed.outbox);
  bed.outbox = NULL;
  bed_clear(&bed);
}

/* A slow server: each call has its own time, and the batch ends before the last one. */
static void test_slow(void) {
  Bed bed;
  bed_init(&bed);
  int listener = with_silent_hook(&bed);
  post(&bed, "sms", true, true);
  post(&bed, "sms", true, false);
  start(&bed);
  outbox_bound(bed.outbox, 2000);
  outbox_run(bed.outbox, NOON);
  int call = next_call(&bed, listener);
  g_usleep(1100 * 1000);
  close(call);
  call = next_call(&bed, listener);
  char said[1000] = "";
  g_assert_cmpint(recv(call, said, sizeof said - 1, 0), >, 0);
  const char *at = strstr(said, "webhook-timestamp: ");
  g_assert_nonnull(at);
  g_assert_cmpint(g_ascii_strtoll(at + 19, NULL, 10), >, NOON / 1000);
  g_usleep(1100 * 1000);
  close(call);
  finish(&bed);
  g_assert_cmpint(number(&bed, "select count(*) from delivery where attempts = 1"), ==, 2);
  g_assert_cmpint(number(&bed, "select count(*) from delivery where attempts = 0 and state ="
                               " 'queued'"),
                  ==, 1);
  close(listener);
  bed_clear(&bed);
}

/* What was sent and cannot be noted is not sent again, but noted once it can be. */
static void test_unsaved(void) {
  Bed bed;
  bed_init(&bed);
  Fake *fake = fake_new(FAKE_SMTP, NULL);
  with_smtp(&bed, fake);
  post(&bed, "email", true, false);
  run(&bed, "create trigger full before update on delivery"
            " begin select raise(abort, 'no space'); end");
  start(&bed);
  for (unsigned i = 0; i < 3; i++)
    work(&bed, NOON + i * MINUTE);
  g_assert_cmpuint(fake_connections(fake), ==, 1);
  g_assert_cmpint(number(&bed, "select count(*) from delivery where state = 'queued'"), ==, 1);
  run_beside(&bed, "drop trigger full");
  work(&bed, NOON + 3 * MINUTE);
  g_assert_cmpint(number(&bed, "select count(*) from delivery where state = 'sent'"), ==, 1);
  g_assert_cmpuint(fake_connections(fake), ==, 1);
  bed_clear(&bed);
  fake_free(fake);
}

/* Nor does it hold up the end; after the next start it goes out again. */
static void test_never_saved(void) {
  Bed bed;
  bed_init(&bed);
  Fake *fake = fake_new(FAKE_SMTP, NULL);
  with_smtp(&bed, fake);
  post(&bed, "email", true, false);
  run(&bed, "create trigger full before update on delivery"
            " begin select raise(abort, 'no space'); end");
  start(&bed);
  work(&bed, NOON);
  outbox_stop(bed.outbox);
  fixture_stop(&bed.f);
  outbox_free(bed.outbox);
  run_beside(&bed, "drop trigger full");
  start(&bed);
  work(&bed, NOON + MINUTE);
  g_assert_cmpuint(fake_connections(fake), ==, 2);
  g_assert_cmpint(number(&bed, "select count(*) from delivery where state = 'sent'"), ==, 1);
  bed_clear(&bed);
  fake_free(fake);
}

/* A day unread: a text message, once, not at night, and not to who has read. */
static void test_escalation(void) {
  Bed bed;
  bed_init(&bed);
  Fake *fake = fake_new(FAKE_HTTP, NULL);
  set(&bed.f.config->sms_hook_url, g_strdup_printf("http://127.0.0.1:%u/", fake_port(fake)));
  run(&bed, "update inbox set phone = '+8613800000001'");
  post(&bed, "sms", false, true);
  run(&bed, "update notice_entry set read_at = 1, escalate_at = null where person ="
            " (select id from person where name = 'Bo')");
  start(&bed);
  work(&bed, NOON + 24 * 60 * MINUTE - 1);
  g_assert_cmpint(number(&bed, "select count(*) from delivery"), ==, 0);
  work(&bed, NOON + 34 * 60 * MINUTE); /* 22:00 */
  g_assert_cmpint(number(&bed, "select count(*) from delivery"), ==, 0);
  work(&bed, NOON + 44 * 60 * MINUTE); /* 8:00 */
  work(&bed, NOON + 44 * 60 * MINUTE);
  work(&bed, NOON + 45 * 60 * MINUTE);
  g_autofree char *said = heard(fake, 0);
  assert_has(said, "尚未阅读：您自 2026-01-01 起在“科技界”任职");
  g_assert_cmpuint(fake_connections(fake), ==, 1);
  g_assert_cmpint(number(&bed, "select count(*) from delivery where state = 'sent'"), ==, 1);
  g_assert_cmpint(number(&bed, "select count(*) from notice_entry where escalate_at is not null"),
                  ==, 0);
  bed_clear(&bed);
  fake_free(fake);
}

/* Two pushes that failed: a text message, once, to whom it was not sent anyway. */
static void test_fallback(void) {
  Bed bed;
  bed_init(&bed);
  g_autofree char *ca = g_build_filename(bed.f.dir, "ca.pem", NULL);
  Fake *service = fake_new(FAKE_HTTPS, ca), *hook = fake_new(FAKE_HTTP, NULL);
  set(&bed.f.config->push_contact, g_strdup("mailto:it@example.org"));
  set(&bed.f.config->webhook_networks, g_strdup("127.0.0.1"));
  set(&bed.f.config->outgoing_ca_file, g_steal_pointer(&ca));
  set(&bed.f.config->sms_hook_url, g_strdup_printf("http://127.0.0.1:%u/", fake_port(hook)));
  g_autofree char *sql = g_strdup_printf(
      "insert into push_device (id, person, endpoint, p256dh, auth, created_at)"
      " select p.id, p.id, 'https://127.0.0.1:%u/' || p.name, '" P256DH "', '" AUTH "', 1"
      " from person p where p.name in ('Ada', 'Bo');"
      " update inbox set phone = '+8613800000001'",
      fake_port(service));
  run(&bed, sql);
  post(&bed, "push", true, true); /* text messages are there from now on */
  run(&bed, "update notice_entry set read_at = 1, escalate_at = null where person ="
            " (select id from person where name = 'Bo')");
  start(&bed);
  for (unsigned i = 0; i < 4; i++)
    fake_answer(service, 500);
  work(&bed, NOON);
  work(&bed, NOON + 2 * MINUTE);
  g_assert_cmpint(number(&bed, "select count(*) from delivery where channel = 'push' and attempts"
                               " = 2"),
                  ==, 2);
  work(&bed, NOON + 3 * MINUTE + 1);
  work(&bed, NOON + 4 * MINUTE + 2);
  work(&bed, NOON + 25 * 60 * MINUTE);
  g_autofree char *said = heard(hook, 0);
  assert_has(said, "尚未阅读：您自 2026-01-01 起在“科技界”任职");
  g_assert_cmpuint(fake_connections(hook), ==, 1);
  bed_clear(&bed);
  fake_free(service);
  fake_free(hook);
}

/* Without configuration nothing is tried and nothing is queued. */
static void test_nothing(void) {
  Bed bed;
  bed_init(&bed);
  run(&bed, "update inbox set email = 'ada@example.org', phone = '+8613800000001'");
  post(&bed, "email sms", true, false); /* it was configured yesterday */
  start(&bed);
  work(&bed, NOON);
  mailbox_drain(bed.f.mailbox);
  bed_clear(&bed);
}

/* Whose account was disabled, or who took his address back, gets nothing more. */
static void test_out(void) {
  Bed bed;
  bed_init(&bed);
  Fake *fake = fake_new(FAKE_SMTP, NULL);
  with_smtp(&bed, fake);
  post(&bed, "email", true, true);
  run(&bed, "update person set active = 0 where name = 'Ada'");
  run(&bed, "update inbox set email = null where id = (select id from person where name = 'Bo')");
  start(&bed);
  work(&bed, NOON);
  g_assert_cmpint(number(&bed, "select count(*) from delivery where state = 'failed'"), ==, 2);
  g_assert_cmpuint(fake_connections(fake), ==, 0);
  bed_clear(&bed);
  fake_free(fake);
}

/* The log says why, and not of whom. */
static void test_brief(void) {
  Bed bed;
  bed_init(&bed);
  Fake *fake = fake_new(FAKE_HTTP, NULL);
  g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u/", fake_port(fake));
  const char *const headers[] = {NULL};
  const HttpPost call = {url, false, headers, "", 0};
  g_autoptr(Carrier) carrier = carrier_new(bed.f.config, NULL);
  Outcome outcome;
  fake_free(fake);
  carrier_post(carrier, &call, &outcome);
  g_assert_false(outcome.ok);
  assert_has(outcome.reason, "127.0.0.1");
  g_assert_cmpstr(outcome.brief, ==, "Couldn't connect to server (0)");
  bed_clear(&bed);
}

/* Nothing that is said in a value becomes a header, and no character is cut. */
static void test_compose(void) {
  const Mail mail = {.from = "a@example.org",
                     .to = "b@example.org",
                     .id = "0123456789abcdef",
                     .subject = "关于推进城市更新中历史建筑保护利用与社区治理协同的提案办理情况\r\n"
                                "Bcc: x@example.org",
                     .text = "一\n.\n二",
                     .at_ms = NOON};
  g_autofree char *text = mail_compose(&mail);
  assert_has(text, "Date: Tue, 25 Nov 2025 04:00:00 +0000\r\n");
  assert_has(text, "Message-ID: <0123456789abcdef@example.org>\r\n");
  g_assert_null(strstr(text, "Bcc"));
  g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
  g_autoptr(GString) subject = g_string_new(NULL);
  for (unsigned i = 0; lines[i]; i++) {
    g_assert_cmpuint(strlen(lines[i]), <=, 78);
    const char *word = strstr(lines[i], "=?UTF-8?B?");
    if (!word)
      continue;
    gsize size;
    g_autofree char *code = g_strndup(word + 10, strcspn(word + 10, "?"));
    g_autofree guchar *bytes = g_base64_decode(code, &size);
    g_assert_true(g_utf8_validate((const char *)bytes, (gssize)size, NULL));
    g_string_append_len(subject, (const char *)bytes, (gssize)size);
  }
  g_assert_cmpstr(subject->str, ==, mail.subject);
}

static void test_texts(void) {
  Model *model = subjects_model();
  json_t *params = json_pack("{s:s, s:i}", "since", "2026", "org", 7);
  g_autofree char *english = notice_text(model, "post.begun", "en", params);
  g_autofree char *unknown = notice_text(model, "no.such", "zh", params);
  g_autofree char *odd = notice_text(model, "begun", "zh", params);
  g_autofree char *bare = notice_text(model, "post.begun", "en", NULL);
  g_assert_cmpstr(english, ==, "You hold a post in 7 from 2026 on");
  g_assert_cmpstr(unknown, ==, "您有一条新通知");
  g_assert_cmpstr(odd, ==, "您有一条新通知");
  g_assert_cmpstr(bare, ==, "You hold a post in  from  on");
  json_decref(params);
  subjects_free(model);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/outbox/mail", test_mail);
  g_test_add_func("/outbox/again", test_again);
  g_test_add_func("/outbox/give-up", test_give_up);
  g_test_add_func("/outbox/sms", test_sms);
  g_test_add_func("/outbox/integration", test_integration);
  g_test_add_func("/outbox/mail-server", test_mail_server);
  g_test_add_func("/outbox/calls", test_calls);
  g_test_add_func("/outbox/webhook", test_webhook);
  g_test_add_func("/outbox/plain-webhook", test_plain_webhook);
  g_test_add_func("/outbox/push", test_push);
  g_test_add_func("/outbox/stop", test_stop);
  g_test_add_func("/outbox/slow", test_slow);
  g_test_add_func("/outbox/unsaved", test_unsaved);
  g_test_add_func("/outbox/never-saved", test_never_saved);
  g_test_add_func("/outbox/escalation", test_escalation);
  g_test_add_func("/outbox/fallback", test_fallback);
  g_test_add_func("/outbox/nothing", test_nothing);
  g_test_add_func("/outbox/out", test_out);
  g_test_add_func("/outbox/brief", test_brief);
  g_test_add_func("/outbox/compose", test_compose);
  g_test_add_func("/outbox/texts", test_texts);
  return g_test_run();
}
