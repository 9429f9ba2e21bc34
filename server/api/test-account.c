/* Setting up an account by an invitation: once, in time, by the newest link, with a login that is
 * free and a password that keeps the rule; then one signs in as anybody does. */
#include <string.h>

#include "api/bed.h"
#include "store/statement.h"

#define PASSWORD "Xin-zhanghao-1"
#define LINK "account/link"
#define SETUP "account/setup"

static char *invite_path(const Bed *bed) {
  return g_strdup_printf("members/%s/invite", bed->member_profile);
}

/* The stranger is in the register, and has no password any more. */
static Bed *bed_without(void) {
  Bed *bed = bed_new();
  bed_sql(bed,
          "delete from credential where person = '%s';"
          "update person set login = null where id = '%s';"
          "update member_profile set phone = '+8613800000001' where id = '%s'",
          bed->signed_in[STRANGER].id, bed->signed_in[STRANGER].id, bed->member_profile);
  return bed;
}

/* The secret of a new link; free with g_free. */
static char *invited(Bed *bed) {
  g_autofree char *path = invite_path(bed);
  json_t *row = bed_expect(bed, 200, STAFF, "POST", path, "{}");
  g_assert_true(g_str_has_prefix(answer_text(row, "link"), "https://meet.example.org/a/"));
  char *secret = g_strdup(strrchr(answer_text(row, "link"), '/') + 1);
  json_decref(row);
  return secret;
}

static char *asked(const char *secret, const char *more) {
  return g_strdup_printf("{\"secret\":\"%s\"%s}", secret, more);
}

static void refused(Bed *bed, int status, const char *code, const char *path, const char *secret,
                    const char *more) {
  g_autofree char *body = asked(secret, more);
  bed_refused(bed, status, code, ANYBODY, "POST", path, body);
}

#define WITH(login) ",\"login\":\"" login "\",\"password\":\"" PASSWORD "\""

static void test_setup(void) {
  Bed *bed = bed_without();
  g_autofree char *secret = invited(bed), *look = asked(secret, ""), *path = invite_path(bed);
  json_t *link = bed_expect(bed, 200, ANYBODY, "POST", LINK, look);
  g_assert_true(json_is_null(json_object_get(link, "login")));
  g_assert_cmpstr(answer_text(link, "hint"), ==, "8613800000001");
  json_decref(link);
  refused(bed, 422, "invalid", SETUP, secret, ",\"password\":\"" PASSWORD "\"");
  refused(bed, 422, "invalid", SETUP, secret, ",\"login\":\"ada\",\"password\":\"short\"");
  refused(bed, 422, "invalid", SETUP, secret, WITH("a b"));
  refused(bed, 409, "person.login_taken", SETUP, secret, WITH("staff"));
  g_autofree char *body = asked(secret, WITH("ada.new"));
  json_t *made = bed_expect(bed, 200, ANYBODY, "POST", SETUP, body);
  g_assert_cmpstr(answer_text(made, "login"), ==, "ada.new");
  json_decref(made);
  json_decref(bed_expect(bed, 200, ANYBODY, "POST", "session",
                         "{\"login\":\"ada.new\",\"password\":\"" PASSWORD "\"}"));
  /* Once. */
  refused(bed, 409, "invite_used", LINK, secret, "");
  refused(bed, 409, "invite_used", SETUP, secret, WITH("ada.new"));
  bed_refused(bed, 409, "member_profile.has_account", STAFF, "POST", path, "{}");
  bed_free(bed);
}

/* In time, and the newest only; of who is out none is good. */
static void test_gone(void) {
  Bed *bed = bed_without();
  refused(bed, 404, "invite_unknown", LINK, "nothing", "");
  g_autofree char *first = invited(bed), *second = invited(bed);
  refused(bed, 404, "invite_unknown", LINK, first, "");
  refused(bed, 404, "invite_unknown", SETUP, first, WITH("ada.new"));
  bed_sql(bed, "update account_link set expires_at = 1");
  refused(bed, 410, "invite_expired", LINK, second, "");
  refused(bed, 410, "invite_expired", SETUP, second, WITH("ada.new"));
  g_autofree char *third = invited(bed);
  bed_sql(bed, "update person set active = 0 where id = '%s'", bed->signed_in[STRANGER].id);
  refused(bed, 404, "invite_unknown", LINK, third, "");
  bed_free(bed);
}

/* Who has a login keeps it, and says a password only. */
static void test_login(void) {
  Bed *bed = bed_without();
  bed_sql(bed, "update person set login = 'known' where id = '%s'", bed->signed_in[STRANGER].id);
  g_autofree char *secret = invited(bed), *body = asked(secret, WITH("other"));
  json_t *made = bed_expect(bed, 200, ANYBODY, "POST", SETUP, body);
  g_assert_cmpstr(answer_text(made, "login"), ==, "known");
  json_decref(made);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/account/setup", test_setup);
  g_test_add_func("/account/gone", test_gone);
  g_test_add_func("/account/login", test_login);
  return g_test_run();
}
