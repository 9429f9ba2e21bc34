/* What somebody takes away of himself: all that the database has of him, as his pages show it, with
 * the files, and nothing of anybody else. */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "api/bed.h"
#include "api/brought.h"
#include "base/digest.h"
#include "model/serve.h"
#include "store/people.h"
#include "store/statement.h"

#define OTHERS "whatIsOfOthers"
#define OWN "whatIsHisOwn"

/* ---- the archive ---- */

static void free_bytes(void *bytes) {
  g_byte_array_unref(bytes);
}

/* What is in it, by name. */
static GHashTable *unpack(const char *path) {
  GHashTable *files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_bytes);
  struct archive *archive = archive_read_new();
  struct archive_entry *entry;
  char chunk[4096];
  g_assert_cmpint(archive_read_support_format_zip(archive), ==, ARCHIVE_OK);
  g_assert_cmpint(archive_read_open_filename(archive, path, 65536), ==, ARCHIVE_OK);
  while (archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
    GByteArray *bytes = g_byte_array_new();
    la_ssize_t count;
    while ((count = archive_read_data(archive, chunk, sizeof chunk)) > 0)
      g_byte_array_append(bytes, (const guint8 *)chunk, (guint)count);
    g_assert_cmpint(count, ==, 0);
    g_hash_table_insert(files, g_strdup(archive_entry_pathname(entry)), bytes);
  }
  archive_read_free(archive);
  return files;
}

static GHashTable *taken(Bed *bed, Who who, const char *path, char sha256[DIGEST_SIZE]) {
  g_autoptr(ApiResponse) response = bed_ask(bed, who, "GET", path, NULL);
  uint64_t bytes;
  if (response->status != 200)
    g_test_message("%s", response->body->str);
  g_assert_cmpint(response->status, ==, 200);
  g_assert_cmpstr(response->content_type, ==, "application/zip");
  g_assert_true(response->file_once);
  if (sha256)
    g_assert_true(digest_path(response->file, sha256, &bytes));
  return unpack(response->file);
}

static json_t *json_of(GHashTable *files, const char *part) {
  g_autofree char *name = g_strdup_printf("json/%s.json", part);
  const GByteArray *bytes = g_hash_table_lookup(files, name);
  if (!bytes)
    g_error("%s is missing", name);
  json_t *document = json_loadb((const char *)bytes->data, bytes->len, 0, NULL);
  g_assert_nonnull(document);
  return document;
}

static char *text_of(GHashTable *files, const char *name) {
  const GByteArray *bytes = g_hash_table_lookup(files, name);
  if (!bytes)
    g_error("%s is missing", name);
  return g_strndup((const char *)bytes->data, bytes->len);
}

/* ---- of whom it is ---- */

/* Something of each kind that is the stranger's, and of each the same of somebody else. */
static void fill(Bed *bed) {
  const Signed *people = bed->signed_in;
  g_autofree char *invitations = bed_path(bed, "meetings/MEETING/invitations");
  g_autofree char *invited =
      g_strdup_printf("{\"person\":\"%s\",\"capacity\":\"attend\"}", people[STRANGER].id);
  g_autofree char *given =
      g_strdup_printf("{\"deputy\":\"%s\",\"starts_on\":\"2191-01-01\",\"ends_on\":\"2191-01-01\","
                      "\"reason\":\"" OWN "\",\"verbs\":[\"absence.create\"]}",
                      people[STRANGER].id);
  g_autofree char *foreign =
      g_strdup_printf("{\"deputy\":\"%s\",\"starts_on\":\"2191-01-01\",\"ends_on\":\"2191-01-01\","
                      "\"reason\":\"" OTHERS "\",\"verbs\":[\"absence.create\"]}",
                      people[HOST].id);
  static const char own_absence[] =
      "{\"starts_on\":\"2190-01-01\",\"ends_on\":\"2190-01-02\",\"reason\":\"" OWN "\"}";
  static const char absence[] =
      "{\"starts_on\":\"2190-01-01\",\"ends_on\":\"2190-01-02\",\"reason\":\"" OTHERS "\"}";
  static const char view[] =
      "{\"list\":\"person.people\",\"name\":\"" OTHERS "\",\"address\":\"\"}";
  json_decref(bed_expect(bed, 201, STAFF, "POST", invitations, invited));
  json_decref(bed_expect(bed, 201, MEMBER, "POST", "delegations", given));
  json_decref(bed_expect(bed, 201, MEMBER, "POST", "delegations", foreign));
  json_decref(bed_expect(bed, 201, STRANGER, "POST", "absences", own_absence));
  json_decref(bed_expect(bed, 201, MEMBER, "POST", "absences", absence));
  json_decref(bed_expect(bed, 201, HOST, "POST", "saved_views", view));
  bed_sql(bed,
          "update member_profile set nation = '满族', phone = '13800001234', honours = '" OWN "'"
          " where id = '%s'",
          bed->member_profile);
  bed_sql(bed,
          "update attachment set owner_kind = 'term_file', owner_id = '%s', field = 'materials',"
          " adopted_at = 1, expires_at = null where id = '%s'",
          bed->term_file, bed->attachment);
  bed_sql(bed, "update meeting set title = '" OTHERS "' where id = '%s'", bed->other_meeting);
  bed_sql(bed, "update session set address = '" OTHERS "' where person <> '%s'",
          people[STRANGER].id);
}

/* ---- each part is what the database has ---- */

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *ids_of(const json_t *rows, const char *key) {
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  const json_t *row;
  size_t i;
  json_array_foreach(rows, i, row) {
    const char *id = json_string_value(json_object_get(row, key));
    g_ptr_array_add(ids, (void *)(uintptr_t)(id ? id : "-"));
  }
  g_ptr_array_sort(ids, by_text);
  g_ptr_array_add(ids, NULL);
  return g_strjoinv(" ", (char **)ids->pdata);
}

static const struct {
  const char *part, *key;
  const char *where;   /* its rows in the database: table and condition, "%s" is he */
  const char *path;    /* what his pages ask, PERSON and PROFILE being his ids */
  const char *without; /* what is left out */
  bool none;           /* the bed has none for him */
} parts[] = {
    {"profile", "id", "member_profile where person = '%s'", "members/register?person=PERSON"},
    {"posts", "id", "post where person = '%s'", "people/PERSON/posts"},
    {"term-files", "id",
     "term_file where member_profile in (select id from member_profile where person = '%s')",
     "members/PROFILE/term_files"},
    {"change-requests", "id", "change_request where person = '%s'",
     "people/PERSON/change_requests"},
    {"member-changes", "id",
     "member_change where state = 'done' and member_profile in (select id from member_profile where"
     " person = '%s')",
     "member_changes?member_profile=PROFILE", .none = true},
    {"meetings", "id",
     "meeting where id in (select meeting from invitation where person = '%s' and revoked_at is"
     " null)",
     "meetings?whose=mine"},
    {"attendance", "id", "attendance where person = '%s'", "people/PERSON/attendance"},
    {"absences", "id", "absence where person = '%s'", "people/PERSON/absences"},
    {"delegations-given", "id", "delegation where giver = '%s'", "delegations?giver=PERSON"},
    {"delegations-taken", "id", "delegation where deputy = '%s'", "delegations?deputy=PERSON"},
    {"roles", "id", "role_holder where person = '%s'", "role_holders?person=PERSON"},
    {"notices", "id", "notice_entry where person = '%s'", "notices"},
    {"devices", "id", "push_device where person = '%s'", "push_devices", "endpoint p256dh auth"},
    {"views", "id", "saved_view where created_by = '%s'", "saved_views"},
};

static char *path_of(const Bed *bed, const char *path) {
  g_autoptr(GString) full = g_string_new(path);
  g_string_replace(full, "PERSON", bed->signed_in[STRANGER].id, 0);
  g_string_replace(full, "PROFILE", bed->member_profile, 0);
  return g_strdup(full->str);
}

/* As the page gets them, without what is for its buttons. */
static json_t *asked(Bed *bed, const char *path, const char *without) {
  g_autofree char *full = path_of(bed, path);
  g_auto(GStrv) names = g_strsplit(without ? without : "", " ", -1);
  json_t *page = bed_expect(bed, 200, STRANGER, "GET", full, NULL), *row;
  json_t *rows = json_incref(json_object_get(page, "items"));
  size_t i;
  json_array_foreach(rows, i, row) {
    json_object_del(row, "may");
    for (unsigned n = 0; names[n]; n++)
      json_object_del(row, names[n]);
  }
  json_decref(page);
  return rows;
}

static void test_parts(void) {
  Bed *bed = bed_new();
  fill(bed);
  g_autoptr(GHashTable) files = taken(bed, STRANGER, "me/data.zip", NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
    json_t *rows = json_of(files, parts[i].part);
    json_t *page = asked(bed, parts[i].path, parts[i].without);
    g_autofree char *where = g_strdup_printf(parts[i].where, bed->signed_in[STRANGER].id);
    g_autofree char *query = g_strdup_printf("select coalesce(group_concat(id, ' '), '') from"
                                             " (select id from %s order by id)",
                                             where);
    g_autofree char *kept = bed_text(bed, query), *found = ids_of(rows, parts[i].key);
    g_test_message("%s: %s", parts[i].part, found);
    g_assert_cmpstr(found, ==, kept);
    g_assert_cmpint(*kept == 0, ==, parts[i].none);
    g_assert_true(json_equal(rows, page));
    g_autofree char *table = g_strdup_printf("tables/%s.csv", parts[i].part);
    g_assert_nonnull(g_hash_table_lookup(files, table));
    json_decref(rows);
    json_decref(page);
  }
  bed_free(bed);
}

/* What is no list, and what has no id. */
static void test_others(void) {
  Bed *bed = bed_new();
  fill(bed);
  g_autoptr(GHashTable) files = taken(bed, STRANGER, "me/data.zip", NULL);
  json_t *account = json_of(files, "account"), *inbox = json_of(files, "inbox"),
         *sessions = json_of(files, "sessions"), *history = json_of(files, "profile-history");
  g_assert_cmpstr(json_string_value(json_object_get(account, "login")), ==, "stranger");
  g_assert_null(json_object_get(account, "csrf"));
  g_assert_cmpstr(json_string_value(json_object_get(json_array_get(inbox, 0), "language")), ==,
                  "zh");
  g_assert_null(json_object_get(json_array_get(inbox, 0), "webhook_secret"));
  g_autofree char *query = g_strdup_printf("select count(*) from session where person = '%s'",
                                           bed->signed_in[STRANGER].id);
  g_assert_cmpuint(json_array_size(sessions), ==, bed_number(bed, query));
  g_assert_null(json_object_get(json_array_get(sessions, 0), "digest"));
  g_autofree char *events =
      g_strdup_printf("select count(*) from case_event where subject = 'member_profile'"
                      " and id = '%s'",
                      bed->member_profile);
  g_assert_cmpuint(json_array_size(history), ==, bed_number(bed, events));
  json_decref(account);
  json_decref(inbox);
  json_decref(sessions);
  json_decref(history);
  bed_free(bed);
}

/* Whatever kind of record a member may read because it is his own is in it: who adds a kind adds a
 * part (own-parts.c), and his line above. */
static bool is_covered(const Bed *bed, const Info *info) {
  static const char *const others[] = {"inbox", "session"};
  bool covered = false;
  for (unsigned i = 0; i < G_N_ELEMENTS(others); i++)
    covered |= strcmp(info->subject->name, others[i]) == 0;
  for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
    g_autofree char *path = path_of(bed, parts[i].path);
    path[strcspn(path, "?")] = 0;
    Match match = serve_match(bed->model, HTTP_GET, path);
    covered |= match.info == info;
    match_clear(&match);
  }
  return covered;
}

static bool is_read_by_owner(const Subject *subject) {
  for (const Grant *grant = subject->grants; grant->who; grant++) {
    g_auto(GStrv) verbs = g_strsplit(grant->may, " ", -1);
    if ((grant->who & ROLE_MEMBER) && strcmp(grant->whose, "own") == 0 &&
        g_strv_contains((const char *const *)verbs, "read"))
      return true;
  }
  return false;
}

static void test_every_kind(void) {
  Bed *bed = bed_new();
  unsigned count = 0;
  for (unsigned i = 0; i < model_count(bed->model); i++) {
    const Info *info = model_info(bed->model, i);
    if (is_read_by_owner(info->subject) && !is_covered(bed, info))
      g_error("%s: people read their own, and do not take it away", info->subject->name);
    count += is_read_by_owner(info->subject);
  }
  g_assert_cmpuint(count, >, 8);
  bed_free(bed);
}

/* ---- nothing else ---- */

static void test_nobody_else(void) {
  Bed *bed = bed_new();
  fill(bed);
  g_autoptr(GHashTable) files = taken(bed, STRANGER, "me/data.zip", NULL);
  GHashTableIter iter;
  void *name, *bytes;
  unsigned own = 0;
  g_hash_table_iter_init(&iter, files);
  while (g_hash_table_iter_next(&iter, &name, &bytes)) {
    g_autofree char *text = text_of(files, name);
    if (strstr(text, OTHERS))
      g_error("%s has what is of others: %s", (char *)name, text);
    g_assert_null(strstr(text, "push.example.org")); /* nor what gives access */
    g_assert_null(strstr(text, "AAAAAAAAAA"));
    own += strstr(text, OWN) != NULL;
  }
  g_assert_cmpuint(own, ==, 6); /* profile, absences, and a delegation: as JSON and as tables */
  /* Of one who has nothing in the register, there is no such part. */
  g_autoptr(GHashTable) staff = taken(bed, STAFF, "me/data.zip", NULL);
  json_t *absences = json_of(staff, "absences");
  g_assert_cmpuint(json_array_size(absences), ==, 0); /* whoever's he may see */
  g_assert_null(g_hash_table_lookup(staff, "json/term-files.json"));
  json_decref(absences);
  bed_refused(bed, 403, "forbidden", GUEST, "GET", "me/data.zip", NULL);
  bed_free(bed);
}

/* ---- what says what is in it ---- */

static void test_manifest(void) {
  Bed *bed = bed_new();
  fill(bed);
  char sha256[DIGEST_SIZE];
  /* Its head alone is neither made nor noted. */
  g_autoptr(ApiResponse) head = bed_ask(bed, STRANGER, "HEAD", "me/data.zip", NULL);
  g_assert_cmpint(head->status, ==, 405);
  g_assert_cmpint(bed_number(bed, "select count(*) from audit_record where kind = 'person.export'"),
                  ==, 0);
  g_autoptr(GHashTable) files = taken(bed, STRANGER, "me/data.zip", sha256);
  const GByteArray *manifest = g_hash_table_lookup(files, "manifest.json");
  g_assert_nonnull(manifest);
  json_t *document = json_loadb((const char *)manifest->data, manifest->len, 0, NULL), *file;
  g_assert_cmpstr(json_string_value(json_object_get(json_object_get(document, "person"), "id")), ==,
                  bed->signed_in[STRANGER].id);
  g_assert_cmpint(json_integer_value(json_object_get(document, "made_at")), >, 0);
  json_t *list = json_object_get(document, "files");
  size_t i;
  json_array_foreach(list, i, file) {
    const char *name = json_string_value(json_object_get(file, "name"));
    const GByteArray *bytes = g_hash_table_lookup(files, name);
    g_assert_nonnull(bytes);
    g_autofree char *digest =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data, bytes->len);
    g_assert_cmpstr(json_string_value(json_object_get(file, "sha256")), ==, digest);
    g_assert_cmpint(json_integer_value(json_object_get(file, "bytes")), ==, bytes->len);
    g_assert_cmpuint(strlen(json_string_value(json_object_get(file, "zh"))), >, 0);
    g_assert_cmpuint(strlen(json_string_value(json_object_get(file, "en"))), >, 0);
  }
  g_assert_cmpuint(json_array_size(list) + 1, ==, g_hash_table_size(files));
  json_decref(document);
  /* The file, as it was sent, under its row's id. */
  g_autofree char *name = g_strdup_printf("files/%s.txt", bed->attachment);
  g_autofree char *text = text_of(files, name);
  g_assert_cmpstr(text, ==, "text");
  g_autofree char *query = g_strdup_printf(
      "select count(*) from audit_record where kind = 'person.export' and object = '%s'"
      " and subject = '%s' and detail ->> '$.sha256' = '%s' and detail ->> '$.format' = 'zip'",
      bed->signed_in[STRANGER].id, bed->signed_in[STRANGER].id, sha256);
  g_assert_cmpint(bed_number(bed, query), ==, 1);
  bed_free(bed);
}

/* In words, with what is about him, which is in no export that he may make. */
static void test_tables(void) {
  Bed *bed = bed_new();
  fill(bed);
  g_autoptr(GHashTable) zh = taken(bed, STRANGER, "me/data.zip", NULL);
  g_autoptr(GHashTable) en = taken(bed, STRANGER, "me/data.zip?words=en", NULL);
  g_autofree char *profile = text_of(zh, "tables/profile.csv");
  g_autofree char *english = text_of(en, "tables/profile.csv");
  g_assert_nonnull(strstr(profile, "民族"));
  g_assert_nonnull(strstr(profile, "满族"));
  g_assert_nonnull(strstr(profile, "13800001234"));
  g_assert_null(strstr(english, "民族"));
  g_assert_nonnull(strstr(english, "满族"));
  bed_refused(bed, 403, "forbidden", STRANGER, "GET", "members/register.csv", NULL);
  bed_refused(bed, 422, "invalid", STRANGER, "GET", "me/data.zip?words=fr", NULL);
  bed_free(bed);
}

/* Like other tables: not one after the other without an end. */
static void test_throttle(void) {
  Bed *bed = bed_new();
  int status = 200;
  for (unsigned i = 0; i < 100 && status == 200; i++) {
    g_autoptr(ApiResponse) response = bed_ask(bed, STRANGER, "GET", "me/data.zip", NULL);
    status = response->status;
  }
  g_assert_cmpint(status, ==, 429);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/own-data/parts", test_parts);
  g_test_add_func("/own-data/others", test_others);
  g_test_add_func("/own-data/every-kind", test_every_kind);
  g_test_add_func("/own-data/nobody-else", test_nobody_else);
  g_test_add_func("/own-data/manifest", test_manifest);
  g_test_add_func("/own-data/tables", test_tables);
  g_test_add_func("/own-data/throttle", test_throttle);
  return g_test_run();
}
