/* Every message of PROTOCOL.md, at least once valid and several times not, and the limits. */
#include "front/dispatch.h"

#include <string.h>

#include "front/bed.h"

static const char *person(Bed *bed, unsigned index) {
  return g_ptr_array_index(bed->people, index);
}

#define PID "\"0123456789abcdef\""
#define LONG "\"0123456789abcdefg\""

/* Members beside t and id, and the answer: "ok", "roster" …, "!code". */
typedef struct {
  const char *type, *members, *answer;
} Case;

static const Case cases[] = {
    {"ping", "\"at\":-5", "pong"},
    {"ping", "\"at\":9223372036854775807", "pong"},
    {"ping", "", "!bad_message"},
    {"ping", "\"at\":1.5", "!bad_message"},
    {"ping", "\"at\":1,\"x\":1", "!bad_message"},
    {"ping", "\"at\":1,\"t?\":1", "!bad_message"},
    {"offer", "\"sdp\":\"v=0\",\"sources\":{}", "!not_live"},
    {"offer", "\"sdp\":\"\",\"sources\":{}", "!bad_message"},
    {"offer", "\"sdp\":\"v=0\"", "!bad_message"},
    {"offer", "\"sources\":{}", "!bad_message"},
    {"offer", "\"sdp\":\"v=0\",\"sources\":{\"0\":\"webcam\"}", "!bad_message"},
    {"offer", "\"sdp\":\"v=0\",\"sources\":{\"\":\"mic\"}", "!bad_message"},
    {"offer", "\"sdp\":\"v=0\",\"sources\":{" LONG ":\"mic\"}", "!bad_message"},
    {"offer", "\"sdp\":\"v=0\",\"sources\":[]", "!bad_message"},
    {"offer", "\"sdp\":7,\"sources\":{}", "!bad_message"},
    {"offer", "\"sdp\":\"v=0\",\"sources\":{},\"connection\":\"tab-1\"", "!not_live"},
    {"offer", "\"sdp\":\"v=0\",\"sources\":{},\"connection\":\"\"", "!bad_message"},
    {"offer", "\"sdp\":\"v=0\",\"sources\":{},\"connection\":\"a b\"", "!bad_message"},
    {"media", "\"mic\":true", "ok"},
    {"media", "\"mic\":false,\"camera\":true,\"screen\":false", "ok"},
    {"media", "", "!bad_message"},
    {"media", "\"mic\":null", "!bad_message"},
    {"media", "\"mic\":1", "!bad_message"},
    {"media", "\"screen_audio\":true", "!bad_message"},
    {"view", "\"want\":[]", "ok"},
    {"view", "\"want\":[{\"pid\":" PID ",\"w\":640,\"h\":360}]", "ok"},
    {"view", "\"want\":[{\"pid\":" PID ",\"w\":640}]", "!bad_message"},
    {"view", "\"want\":[{\"pid\":\"x\",\"w\":640,\"h\":360}]", "!bad_message"},
    {"view", "\"want\":[{\"pid\":" PID ",\"w\":\"640\",\"h\":360}]", "!bad_message"},
    {"view", "\"want\":[{\"pid\":" PID ",\"w\":-1,\"h\":0}]", "!bad_message"},
    {"view", "\"want\":[{\"pid\":" PID ",\"w\":0,\"h\":16385}]", "!bad_message"},
    {"view", "\"want\":[{\"pid\":" PID ",\"w\":6,\"h\":3,\"x\":1}]", "!bad_message"},
    {"view", "\"want\":[" PID "]", "!bad_message"},
    {"view", "\"want\":{}", "!bad_message"},
    {"view", "", "!bad_message"},
    {"roster", "", "roster"},
    {"roster", "\"after\":\"\",\"limit\":1,\"search\":\"\"", "roster"},
    {"roster", "\"after\":" PID ",\"limit\":200", "roster"},
    {"roster", "\"since\":0,\"limit\":1", "roster"},
    {"roster", "\"since\":-1", "!bad_message"},
    {"roster", "\"since\":\"1\"", "!bad_message"},
    {"roster", "\"limit\":0", "!bad_message"},
    {"roster", "\"limit\":201", "!bad_message"},
    {"roster", "\"after\":\"X\"", "!bad_message"},
    {"roster", "\"after\":" LONG, "!bad_message"},
    {"roster", "\"after\":null", "!bad_message"},
    {"roster", "\"search\":7", "!bad_message"},
    {"chat", "\"text\":\"线上留言\"", "ok"},
    {"chat", "\"text\":\"\"", "!bad_message"},
    {"chat", "\"text\":null", "!bad_message"},
    {"chat", "\"text\":\" \\n\\t\"", "!bad_message"},
    {"chat", "\"text\":\"a\\u0007\"", "!bad_message"},
    {"chat", "\"text\":\"a\\rb\"", "!bad_message"},
    {"chat", "\"text\":\"a\",\"to\":" PID, "!bad_message"},
    {"hand", "\"up\":true", "ok"},
    {"hand", "\"up\":false", "ok"},
    {"hand", "\"up\":\"yes\"", "!bad_message"},
    {"hand", "", "!bad_message"},
    {"remove", "\"pid\":" PID ",\"for_good\":1", "!bad_message"},
    {"readmit", "", "!bad_message"},
    {"deputy", "\"person\":" PID, "!bad_message"},
    {"deputy", "\"person\":" PID ",\"on\":true", "!no_participant"},
    {"hello", "\"token\":\"x\",\"device\":\"phone\",\"client\":\"\",\"person\":7", "!bad_message"},
    {"stay", "", "!not_live"},
    {"stay", "\"now\":true", "!bad_message"},
    {"leave", "\"now\":true", "!bad_message"},
    {"open", "\"force\":true", "!bad_message"},
    {"end", "\"force\":true", "!bad_message"},
    {"end", "", "!not_live"},
    {"record", "\"on\":true", "!not_live"},
    {"record", "\"on\":false", "ok"},
    {"record", "", "!bad_message"},
    {"record", "\"on\":1", "!bad_message"},
    {"floor", "\"pid\":null", "ok"},
    {"floor", "\"pid\":" PID, "!no_participant"},
    {"floor", "\"pid\":\"\"", "!bad_message"},
    {"floor", "", "!bad_message"},
    {"mute", "\"pid\":null,\"source\":\"mic\"", "ok"},
    {"mute", "\"pid\":" PID ",\"source\":\"camera\"", "!no_participant"},
    {"mute", "\"pid\":null,\"source\":\"screen_audio\"", "!bad_message"},
    {"mute", "\"pid\":null", "!bad_message"},
    {"mute", "\"source\":\"mic\"", "!bad_message"},
    {"lower", "\"pid\":null", "ok"},
    {"lower", "\"pid\":" PID, "!no_participant"},
    {"lower", "\"pid\":7", "!bad_message"},
    {"lower", "", "!bad_message"},
    {"remove", "\"pid\":" PID, "!no_participant"},
    {"remove", "\"pid\":null", "!bad_message"},
    {"remove", "", "!bad_message"},
    {"hello", "\"token\":\"x\",\"device\":\"phone\",\"client\":\"\"", "!not_first"},
    {"resume", "\"session\":\"x\",\"device\":\"phone\",\"client\":\"\"", "!not_first"},
    {"dance", "", "!unknown_type"},
    {"", "", "!unknown_type"},
};

static void test_every_message(void) {
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, bed->host);
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Case *c = &cases[i];
    g_autofree char *text = g_strdup_printf("{\"t\":\"%s\",\"id\":%u%s%s}", c->type, i + 100,
                                            *c->members ? "," : "", c->members);
    bed_pass(bed, 1000);
    g_test_message("%s", text);
    page_text(page, text);
    json_decref(page_expected(page, c->answer, (int)i + 100));
    g_assert_cmpuint(page->code, ==, 0);
  }
  page_free(page);
  bed_free(bed);
}

static void test_lengths(void) {
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, person(bed, 0));
  GString *text = g_string_new(NULL);
  for (unsigned i = 0; i < 2000; i++)
    g_string_append(text, "议");
  page_expect(page, "ok", "{s:s, s:s}", "t", "chat", "text", text->str);
  g_string_append(text, "事");
  page_expect(page, "!bad_message", "{s:s, s:s}", "t", "chat", "text", text->str);
  g_string_truncate(text, 64 * 3);
  page_expect(page, "roster", "{s:s, s:s}", "t", "roster", "search", text->str);
  g_string_append_c(text, 'x');
  page_expect(page, "!bad_message", "{s:s, s:s}", "t", "roster", "search", text->str);
  g_autofree char *sdp = g_strnfill(65537, 'v');
  page_expect(page, "!bad_message", "{s:s, s:s, s:{}}", "t", "offer", "sdp", sdp, "sources");
  sdp[65536] = 0;
  page_expect(page, "!not_live", "{s:s, s:s, s:{}}", "t", "offer", "sdp", sdp, "sources");
  g_string_free(text, TRUE);
  page_free(page);
  bed_free(bed);
}

/* An error says which members are wrong, and repeats nothing of what they said. */
static void test_why(void) {
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, person(bed, 0));
  json_t *error =
      page_expected(page, "!bad_message",
                    page_send(page, "{s:s, s:[{s:s, s:i, s:i}], s:s}", "t", "view", "want", "pid",
                              "secret", "w", 20000, "h", 1, "x", "secret"));
  g_assert_cmpstr(text_at(error, "message"), ==, "want.0.pid: id; want.0.w: more; x: unknown");
  json_decref(error);
  page_free(page);
  bed_free(bed);
}

/* What a text is kept as: without blanks at its ends, in NFC, with one kind of line end. */
static void test_text_is_taken(void) {
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, person(bed, 0));
  json_t *ok = page_expected(
      page, "ok", page_send(page, "{s:s, s:s}", "t", "chat", "text", " cafe\xcc\x81\r\nb\n"));
  g_assert_cmpstr(text_at(ok, "chat.text"), ==, "caf\xc3\xa9\nb");
  json_decref(ok);
  page_free(page);
  bed_free(bed);
}

static void expect_error(Page *page, const char *text, const char *code) {
  page_text(page, text);
  json_t *error = page_wait(page, "error");
  g_assert_cmpstr(text_at(error, "code"), ==, code);
  g_assert_null(json_object_get(error, "id"));
  json_decref(error);
}

static void test_without_id(void) {
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, person(bed, 0));
  expect_error(page, "", "bad_json");
  expect_error(page, "hello", "bad_json");
  expect_error(page, "[]", "bad_json");
  expect_error(page, "{\"t\":\"ping\",\"id\":5,\"id\":5,\"at\":1}", "bad_json");
  expect_error(page, "{\"t\":\"chat\",\"id\":5,\"text\":\"\xc3\x28\"}", "bad_json");
  expect_error(page, "{}", "bad_message");
  expect_error(page, "{\"t\":7}", "bad_message");
  expect_error(page, "{\"t\":\"ping\",\"at\":1}", "bad_message");
  expect_error(page, "{\"t\":\"ping\",\"id\":0,\"at\":1}", "bad_message");
  expect_error(page, "{\"t\":\"ping\",\"id\":2147483648,\"at\":1}", "bad_message");
  expect_error(page, "{\"t\":\"ping\",\"id\":\"1\",\"at\":1}", "bad_message");
  page_expect(page, "pong", "{s:s, s:i}", "t", "ping", "at", 1);
  page_free(page);
  bed_free(bed);
}

static void test_first_message(void) {
  Bed *bed = bed_new(1);
  Page *page = page_new(bed);
  page_expect(page, "!not_first", "{s:s, s:i}", "t", "ping", "at", 1);
  page_expect(page, "!not_first", "{s:s}", "t", "open");
  page_expect(page, "!bad_message", "{s:s, s:s, s:s, s:s}", "t", "hello", "token", "", "device",
              "phone", "client", "");
  page_expect(page, "!bad_message", "{s:s, s:s, s:s, s:s}", "t", "hello", "token", "x", "device",
              "toaster", "client", "");
  page_expect(page, "!bad_message", "{s:s, s:s, s:s}", "t", "hello", "token", "x", "device",
              "phone");
  page_expect(page, "!bad_message", "{s:s, s:s, s:s, s:s}", "t", "resume", "token", "x", "device",
              "phone", "client", "");
  page_expect(page, "!gone", "{s:s, s:s, s:s, s:s}", "t", "resume", "session", "x", "device",
              "phone", "client", "");
  /* While the token is redeemed, nothing else is done. */
  g_autofree char *token = bed_token(bed, person(bed, 0));
  int id = page_send(page, "{s:s, s:s, s:s, s:s}", "t", "hello", "token", token, "device", "venue",
                     "client", "");
  page_expect(page, "!not_first", "{s:s, s:i}", "t", "ping", "at", 1);
  page_expect(page, "!not_first", "{s:s}", "t", "end");
  page_expect(page, "!not_first", "{s:s, s:s, s:s, s:s}", "t", "hello", "token", token, "device",
              "phone", "client", "");
  json_decref(page_expected(page, "welcome", id));
  page_free(page);
  bed_free(bed);
}

static void test_no_hello(void) {
  Bed *bed = bed_new(1);
  Page *silent = page_new(bed), *asking = page_new(bed);
  bed_pass(bed, 9000);
  page_expect(asking, "!gone", "{s:s, s:s, s:s, s:s}", "t", "resume", "session", "x", "device",
              "phone", "client", "");
  g_assert_cmpuint(silent->code, ==, 0);
  bed_pass(bed, 1250);
  g_assert_cmpuint(silent->code, ==, 1008);
  g_assert_cmpuint(asking->code, ==, 0); /* once, it gets time to fetch a token */
  bed_pass(bed, 8000);
  page_expect(asking, "!gone", "{s:s, s:s, s:s, s:s}", "t", "resume", "session", "x", "device",
              "phone", "client", "");
  bed_pass(bed, 1000);
  g_assert_cmpuint(asking->code, ==, 1008);
  page_text(asking, "{}"); /* closing: nothing is answered any more */
  page_forget(asking);
  uint64_t before = asking->messages;
  page_text(asking, "{}");
  g_assert_cmpuint(asking->messages, ==, before);
  page_free(silent);
  page_free(asking);
  bed_free(bed);
}

static void test_too_fast(void) {
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, person(bed, 0));
  unsigned pongs = 0, refused = 0;
  for (unsigned i = 0; i < 60; i++) {
    json_t *answer = page_reply(page, page_send(page, "{s:s, s:i}", "t", "ping", "at", 1));
    pongs += strcmp(text_at(answer, "t"), "pong") == 0;
    refused += g_strcmp0(text_at(answer, "code"), "too_fast") == 0;
    json_decref(answer);
  }
  g_assert_cmpuint(pongs, ==, 49); /* hello was the first of the burst */
  g_assert_cmpuint(refused, ==, 11);
  bed_pass(bed, 1000);
  for (unsigned i = 0; i < 20; i++)
    page_expect(page, "pong", "{s:s, s:i}", "t", "ping", "at", 1);
  for (unsigned i = 0; i < 188; i++)
    page_send(page, "{s:s, s:i}", "t", "ping", "at", 1);
  g_assert_cmpuint(page->code, ==, 0);
  page_send(page, "{s:s, s:i}", "t", "ping", "at", 1);
  g_assert_cmpuint(page->code, ==, 1008);
  page_free(page);
  bed_free(bed);
}

static void test_chat_too_fast(void) {
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, person(bed, 0));
  for (unsigned i = 0; i < 5; i++)
    page_expect(page, "ok", "{s:s, s:s}", "t", "chat", "text", "x");
  page_expect(page, "!too_fast", "{s:s, s:s}", "t", "chat", "text", "x");
  bed_pass(bed, 500);
  page_expect(page, "ok", "{s:s, s:s}", "t", "chat", "text", "x");
  g_assert_cmpint(bed_number(bed, "select count(*) from chat_message"), ==, 6);
  page_free(page);
  bed_free(bed);
}

static void test_forbidden(void) {
  static const char *const verbs[] = {
      "{\"t\":\"open\",\"id\":7}",
      "{\"t\":\"end\",\"id\":7}",
      "{\"t\":\"record\",\"id\":7,\"on\":true}",
      "{\"t\":\"floor\",\"id\":7,\"pid\":null}",
      "{\"t\":\"mute\",\"id\":7,\"pid\":null,\"source\":\"mic\"}",
      "{\"t\":\"lower\",\"id\":7,\"pid\":null}",
      "{\"t\":\"remove\",\"id\":7,\"pid\":" PID "}",
  };
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, person(bed, 0));
  for (unsigned i = 0; i < G_N_ELEMENTS(verbs); i++) {
    page_text(page, verbs[i]);
    json_decref(page_expected(page, "!forbidden", 7));
  }
  g_assert_cmpint(bed_number(bed, "select state = 'scheduled' from meeting"), ==, 1);
  page_free(page);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/dispatch/every-message", test_every_message);
  g_test_add_func("/dispatch/lengths", test_lengths);
  g_test_add_func("/dispatch/why", test_why);
  g_test_add_func("/dispatch/text-is-taken", test_text_is_taken);
  g_test_add_func("/dispatch/without-id", test_without_id);
  g_test_add_func("/dispatch/first-message", test_first_message);
  g_test_add_func("/dispatch/no-hello", test_no_hello);
  g_test_add_func("/dispatch/too-fast", test_too_fast);
  g_test_add_func("/dispatch/chat-too-fast", test_chat_too_fast);
  g_test_add_func("/dispatch/forbidden", test_forbidden);
  return g_test_run();
}
