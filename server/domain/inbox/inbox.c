/* The inbox (收件箱) of somebody: how much in it is unread, and how else he wants to be told. Its
 * id is the person's, and it is his alone. */
#include "domain/list.h"

#include <openssl/rand.h>
#include <string.h>

#include "model/notice.h"
#include "store/people.h"

#define SECRET_BYTES 24 /* 24 to 64 by the Standard Webhooks specification */
#define TEST_PAUSE_MS (60 * INT64_C(1000))

static const Field fields[] = {
    WORD("language", "zh en"),
    TEXT("email", 3, 254, .of = "a-zA-Z0-9.+_@-", .flags = OPTIONAL | SECRET),
    TEXT("phone", 8, 16, .of = "0-9+", .flags = OPTIONAL | SECRET),
    BOOL("by_email"),
    BOOL("by_sms"),
    BOOL("by_push"),
    TEXT("webhook", 12, 500, .flags = OPTIONAL | SECRET), /* some carry a key in the path */
    /* Whoever has it can speak for this server to the program that listens. */
    TEXT("webhook_secret", 8, 100, .see = "edit", .flags = OPTIONAL | GIVEN | SECRET),
    END,
};

static const Grant grants[] = {
    {ROLES_ALL, "own", "read edit tick_all test", NULL},
    {0},
};

/* One name at one place: nothing that a mail server would take for two addresses or an option. */
static bool is_email(const char *text) {
  const char *at = strchr(text, '@');
  return at && at > text && *text != '-' && strchr(at + 1, '.') && at[1] != '.' &&
         !strchr(at + 1, '@') && !g_str_has_suffix(text, ".") && !strstr(text, "..");
}

/* E.164: a plus, the country and the number. */
static bool is_phone(const char *text) {
  return *text == '+' && text[1] >= '1' && text[1] <= '9' && !strchr(text + 1, '+');
}

/* "whsec_" and the secret in base64, as receivers' libraries want it. */
static char *new_secret(void) {
  unsigned char bytes[SECRET_BYTES];
  g_assert(RAND_bytes(bytes, sizeof bytes) == 1);
  g_autofree char *code = g_base64_encode(bytes, sizeof bytes);
  return g_strconcat("whsec_", code, NULL);
}

static bool is_webhook(const char *text) {
  return g_str_has_prefix(text, "https://") && g_uri_is_valid(text, G_URI_FLAGS_NONE, NULL);
}

/* Another address gets another secret. */
static bool may_edit(Call *call) {
  const char *webhook = call_text(call, ":webhook");
  if (call_has(call, ":email") && !is_email(call_text(call, ":email")))
    return problem_add(&call->problem, "email", "characters", NULL);
  if (call_has(call, ":phone") && !is_phone(call_text(call, ":phone")))
    return problem_add(&call->problem, "phone", "characters", NULL);
  if (webhook && !is_webhook(webhook))
    return problem_add(&call->problem, "webhook", "characters", NULL);
  if (!call_said(call, ":webhook") || g_strcmp0(webhook, call_text(call, "$webhook")) == 0)
    return true;
  g_autofree char *secret = webhook ? new_secret() : NULL;
  call_default(call, "webhook_secret", secret);
  return true;
}

static bool tick_all(Call *call) {
  return call_run(call, "tick_all");
}

/* ---- a notice to oneself, to see whether it comes ---- */

static bool may_test(Call *call) {
  bool found;
  return call_get(call, "tested", &found) &&
         (call_int(call, "@tested") <= call->now_ms - TEST_PAUSE_MS ||
          call_refuse(call, "inbox.too_soon"));
}

/* By nobody, because who does something himself is not told of it. */
static bool test(Call *call) {
  const NoticeNew notice = {.subject = "inbox", .code = "test", .record = call->id, .urgent = true};
  return call_run(call, "forget_test") &&
         notice_put(call->db, &notice, &call->id, 1, call->now_ms, call->zone, &call->error);
}

static const Route routes[] = {
    {R_ONE, "inboxes/{inbox}", "read"},
    {R_EDIT, "inboxes/{inbox}", "edit",
     .in = "language? email? phone? by_email? by_sms? by_push? webhook?", .guard = may_edit},
    {R_DO, "inboxes/{inbox}/tick_all", "tick_all", .effect = tick_all, .flags = QUIET},
    {R_DO, "inboxes/{inbox}/test", "test", .guard = may_test, .effect = test, .flags = QUIET},
    {0},
};

static const Code codes[] = {{"inbox.too_soon", 429}, {0}};
static const NoticeKind notices[] = {{"test", URGENT}, {0}};

extern const char inbox_sql[], inbox_words[];
const Subject subject_inbox = {
    "inbox",           "inbox", fields, grants, routes, codes, inbox_sql, .words = inbox_words,
    .notices = notices};
