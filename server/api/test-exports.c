/* Lists that are taken away: what leaves is what the list shows, for every subject and list; who
 * may take what; what is recorded; nothing stays behind. */
#include <glib/gstdio.h>
#include <string.h>

#include "api/bed.h"
#include "base/cell.h"
#include "base/zone.h"
#include "model/export.h"
#include "model/right.h"
#include "store/audit-proof.h"
#include "store/connection.h"
#include "store/statement.h"

typedef GPtrArray Table; /* of GPtrArray of char *: lines of cells */

/* The strictest reading of RFC 4180: CRLF, and quotes around whatever is no number. */
static Table *read_csv(const char *text) {
  Table *table = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
  g_assert_true(g_str_has_prefix(text, "\xEF\xBB\xBF"));
  for (text += 3; *text; text += 2) {
    GPtrArray *line = g_ptr_array_new_with_free_func(g_free);
    for (;; text++) {
      GString *cell = g_string_new(NULL);
      if (*text == '"') {
        for (text++; *text != '"' || text[1] == '"'; text++) {
          g_assert_true(*text);
          g_string_append_c(cell, *text);
          text += *text == '"';
        }
        text++;
      } else {
        for (; *text == '-' || g_ascii_isdigit(*text); text++)
          g_string_append_c(cell, *text);
        g_assert_cmpuint(cell->len, >, 0);
      }
      g_ptr_array_add(line, g_string_free(cell, FALSE));
      if (*text != ',')
        break;
    }
    g_assert_true(g_str_has_prefix(text, "\r\n"));
    g_ptr_array_add(table, line);
  }
  return table;
}

static const char *cell(const Table *table, unsigned line, unsigned n) {
  return g_ptr_array_index((GPtrArray *)g_ptr_array_index(table, line), n);
}

static bool find_column(const Table *table, const char *head, unsigned *n) {
  const GPtrArray *heads = g_ptr_array_index(table, 0);
  return g_ptr_array_find_with_equal_func((GPtrArray *)heads, head, g_str_equal, n);
}

static unsigned column(const Table *table, const char *head) {
  unsigned n;
  if (!find_column(table, head, &n))
    g_error("no column %s", head);
  return n;
}

/* Free with g_free; *size may be NULL. */
static char *fetch(Bed *bed, Who who, const char *path, gsize *size) {
  char *text;
  g_autoptr(ApiResponse) response = bed_ask(bed, who, "GET", path, NULL);
  if (response->status != 200)
    g_error("%s: %d %s", path, response->status, response->body->str);
  g_assert_true(response->file_once);
  g_assert_true(g_file_get_contents(response->file, &text, size, NULL));
  return text;
}

static Table *fetch_csv(Bed *bed, Who who, const char *path) {
  g_autofree char *text = fetch(bed, who, path, NULL);
  return read_csv(text);
}

/* ---- what leaves is what is shown ---- */

/* The member that a head names. */
static const json_t *member(const json_t *row, const char *head) {
  g_auto(GStrv) parts = g_strsplit(head, ".", 2);
  const json_t *value = json_object_get(row, parts[0]);
  return parts[1] ? json_object_get(value, parts[1]) : value;
}

/* By its own field, that of what is computed ("window_from" of "window.from"), or that of the
 * record that is referred to. */
static bool is_time(const Bed *bed, const Info *info, const char *head) {
  g_auto(GStrv) parts = g_strsplit(head, ".", 2);
  g_autofree char *flat = g_strjoinv("_", parts);
  const Field *field = field_find(info->subject->fields, flat);
  const Field *group = field_find(info->subject->fields, parts[0]);
  if (!field && parts[1] && group && group->type == F_REF)
    field = field_find(model_find(bed->model, group->of)->subject->fields, parts[1]);
  return field && field->type == F_TIME;
}

/* As a person reads the value. */
static char *shown(const Bed *bed, const Info *info, const char *head, const json_t *value) {
  GString *words = g_string_new(NULL);
  const json_t *item;
  size_t i;
  bool plain = true;
  if (json_is_integer(value) && is_time(bed, info, head)) {
    g_autofree char *text =
        zone_format(bed->config->time_zone, json_integer_value(value), "%Y-%m-%d %H:%M:%S");
    g_string_append(words, text);
  } else if (json_is_integer(value)) {
    g_string_append_printf(words, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
  } else if (json_is_boolean(value)) {
    g_string_append(words, json_is_true(value) ? "是" : "否");
  } else if (json_is_string(value)) {
    g_string_append(words, json_string_value(value));
  }
  json_array_foreach(value, i, item) {
    plain = plain && json_is_string(item);
    g_string_append_printf(words, "%s%s", i ? "、" : "", plain ? json_string_value(item) : "");
  }
  if (!plain || json_is_object(value)) {
    char *text = json_dumps(value, JSON_COMPACT);
    g_string_assign(words, text);
    free(text);
  }
  return g_string_free(words, FALSE);
}

static unsigned compare_page(Bed *bed, const Info *info, const json_t *items, const Table *table,
                             unsigned line) {
  const GPtrArray *heads = g_ptr_array_index(table, 0);
  const json_t *row;
  size_t i;
  json_array_foreach(items, i, row) {
    for (unsigned n = 0; n < heads->len; n++) {
      g_autofree char *wanted = shown(bed, info, heads->pdata[n], member(row, heads->pdata[n]));
      const char *got = cell(table, line, n);
      const char *bare = cell_bare(got);
      if (strcmp(bare, wanted) != 0)
        g_error("%s: %s, not %s", (const char *)heads->pdata[n], got, wanted);
    }
    line++;
  }
  return line;
}

/* Every member of a row has its column. */
static void has_all(const json_t *row, const Table *table, const char *group) {
  const char *name;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)row, name, value) {
    g_autofree char *head = group ? g_strdup_printf("%s.%s", group, name) : g_strdup(name);
    if (json_is_object(value) && !find_column(table, head, NULL))
      has_all(value, table, name);
    else if (strcmp(name, "may") != 0 && !json_is_null(value))
      column(table, head);
  }
}

/* Staff, or who else reads the list. */
static Who reader_of(Bed *bed, const char *path) {
  static const Who readers[] = {STAFF, SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN};
  for (unsigned i = 0; i < G_N_ELEMENTS(readers); i++) {
    g_autoptr(ApiResponse) response = bed_ask(bed, readers[i], "GET", path, NULL);
    if (response->status == 200)
      return readers[i];
  }
  g_error("nobody reads %s", path);
}

/* What is about people does not leave where nobody was given the verb for it. */
static bool may_leave(Bed *bed, const Info *info, Who who, const char *csv) {
  if (info_verb(info, "export") >= 0)
    return true;
  g_autoptr(ApiResponse) response = bed_ask(bed, who, "GET", csv, NULL);
  if (response->status == 403)
    g_test_message("%s: not taken away", csv);
  return response->status != 403;
}

static void compare_list(Bed *bed, const Info *info, const char *path) {
  Who who = reader_of(bed, path);
  g_autofree char *csv = g_strconcat(path, ".csv", NULL);
  if (!may_leave(bed, info, who, csv))
    return;
  g_autoptr(GPtrArray) table = fetch_csv(bed, who, csv);
  g_autofree char *after = NULL;
  unsigned line = 1;
  do {
    g_autofree char *page = g_strdup_printf("%s?limit=3&after=%s", path, after ? after : "");
    json_t *list = bed_expect(bed, 200, who, "GET", page, NULL);
    const json_t *items = json_object_get(list, "items");
    g_free(after);
    after = g_strdup(json_string_value(json_object_get(list, "next")));
    if (json_array_size(items) > 0)
      has_all(json_array_get(items, 0), table, NULL);
    line = compare_page(bed, info, items, table, line);
    json_decref(list);
  } while (after);
  g_assert_cmpuint(line, ==, table->len);
  g_test_message("%s: %u rows", path, line - 1);
}

/* Lists of all subjects, new ones without a line here but for what their paths name. */
static char *list_path(Bed *bed, const Route *route) {
  g_autoptr(GString) path = g_string_new(route->path);
  g_string_replace(path, "{person}", bed->signed_in[STRANGER].id, 0);
  g_string_replace(path, "{org}", bed->org, 0);
  g_string_replace(path, "{meeting}", bed->meeting, 0);
  g_string_replace(path, "{import_plan}", bed->import, 0);
  return strchr(path->str, '{') ? NULL : g_strdup(path->str);
}

static const char *const nasty[] = {"=1+1",        "+86 1", "-2",          "@x",      "'=3",
                                    "a \\\"b\\\"", "李,明", "王\\u3000芳", "\\uff1d1"};

static void test_same(void) {
  Bed *bed = bed_new();
  unsigned lists = 0;
  for (unsigned i = 0; i < G_N_ELEMENTS(nasty); i++) {
    g_autofree char *body =
        g_strdup_printf("{\"name\":\"%s\",\"sector\":\"科技\",\"login\":\"l%u\"}", nasty[i], i);
    json_decref(bed_expect(bed, 201, STAFF, "POST", "people", body));
  }
  json_decref(bed_expect(bed, 201, STAFF, "POST", "orgs",
                         "{\"kind\":\"unit\",\"code\":\"2\",\"name\":\"市委\","
                         "\"short_name\":\"委\",\"valid_from\":\"2020-01-01\"}"));
  for (unsigned i = 0; i < model_count(bed->model); i++) {
    const Info *info = model_info(bed->model, i);
    for (const Route *route = info->subject->routes; route->path; route++) {
      g_autofree char *path = route->kind == R_LIST ? list_path(bed, route) : NULL;
      if (!path || strcmp(path, "audit") == 0) /* which each table adds to */
        continue;
      compare_list(bed, info, path);
      throttle_free(bed->context->throttle); /* more at once than anybody takes */
      bed->context->throttle = throttle_new();
      lists++;
    }
  }
  g_assert_cmpuint(lists, >=, 4);
  bed_free(bed);
}

/* ---- in words ---- */

/* "org.kind" is a field of the subject that org refers to, which *info becomes then. */
static const Field *field_of(const Bed *bed, const Info **info, const char *head) {
  g_auto(GStrv) path = g_strsplit(head, ".", 2);
  const Field *field = field_find((*info)->subject->fields, path[0]);
  for (unsigned i = 0; !path[1] && !field && i < model_count(bed->model); i++) {
    *info = model_info(bed->model, i); /* another subject's, shown beside its own */
    field = field_find((*info)->subject->fields, head);
  }
  g_autofree char *flat = g_strdelimit(g_strdup(head), ".", '_'); /* my_capacity of my.capacity */
  if (path[1] && !field)
    field = field_find((*info)->subject->fields, flat);
  if (!path[1] || (field && strcmp(field->name, flat) == 0))
    return field;
  *info = model_find(bed->model, field && field->type == F_REF ? field->of : path[0]);
  return *info ? field_find((*info)->subject->fields, path[1]) : NULL;
}

/* Of what has names: those; NULL of anything else. Free with g_free. */
static char *names_in(const char *cell) {
  json_t *value = *cell == '[' || *cell == '{' ? json_loads(cell, 0, NULL) : NULL, *item;
  g_autoptr(GString) names = g_string_new(NULL);
  bool named = json_array_size(value) > 0;
  size_t i;
  json_array_foreach(value, i, item) {
    const char *name = json_string_value(json_object_get(item, "name"));
    named = named && name;
    g_string_append_printf(names, "%s%s", i ? "、" : "", name ? name : "");
  }
  const char *own = json_string_value(json_object_get(value, "name"));
  char *found = own ? g_strdup(own) : named ? g_strdup(names->str) : NULL;
  json_decref(value);
  return found;
}

/* What the page would show for a cell that has a code, its name for a record; the cell itself for
 * any other. */
static char *in_words(const Bed *bed, const Info *info, const char *head, const char *cell,
                      const char *language) {
  const Field *field =
      strcmp(head, "state") == 0 && info->state.name ? &info->state : field_of(bed, &info, head);
  bool computed = !field && (strcmp(cell, "是") == 0 || strcmp(cell, "否") == 0);
  FieldType type = field ? field->type : computed ? F_BOOL : F_TEXT;
  char *names = names_in(cell);
  if (names)
    return names;
  if (!*cell || (type != F_WORD && type != F_WORDS && type != F_BOOL))
    return g_strdup(cell);
  g_auto(GStrv) codes = g_strsplit(cell, "、", -1);
  for (unsigned i = 0; codes[i]; i++) {
    const char *code = type != F_BOOL ? codes[i] : strcmp(cell, "是") == 0 ? "true" : "false";
    g_autofree char *key = g_strdup_printf("%s.%s", field ? field->name : "bool", code);
    const Word *word = model_word(bed->model, field ? info->subject->name : "kernel", key);
    g_assert_nonnull(word);
    g_free(codes[i]);
    codes[i] = g_strdup(strcmp(language, "zh") == 0 ? word->zh : word->en);
  }
  return g_strjoinv("、", codes);
}

/* The columns of the plain table that the one in words has: of a dictionary's item its word alone.
 */
static GArray *kept_columns(const Info *info, const GPtrArray *plain, const char *language) {
  GArray *columns = g_array_new(FALSE, FALSE, sizeof(unsigned));
  for (unsigned n = 0; n < plain->len; n++) {
    g_auto(GStrv) path = g_strsplit(plain->pdata[n], ".", 2);
    const Field *group = field_find(info->subject->fields, path[0]);
    if (!path[1] || !group || group->type != F_DICT || strcmp(path[1], language) == 0)
      g_array_append_val(columns, n);
  }
  return columns;
}

/* The word of the column, where there is one; none twice. */
static void check_heads(const Bed *bed, const Info *info, const GPtrArray *plain,
                        const GArray *columns, const GPtrArray *heads, const char *language) {
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  g_assert_cmpuint(heads->len, ==, columns->len);
  for (unsigned n = 0; n < heads->len; n++) {
    const char *name = plain->pdata[g_array_index(columns, unsigned, n)];
    g_autofree char *flat = g_strdelimit(g_strdup(name), ".", '_');
    const Word *word = model_word(bed->model, info->subject->name, name);
    word = word ? word : model_word(bed->model, info->subject->name, flat);
    const char *wanted = !word ? NULL : strcmp(language, "zh") == 0 ? word->zh : word->en;
    if (wanted && strcmp(wanted, heads->pdata[n]) != 0)
      g_error("%s: %s", wanted, (const char *)heads->pdata[n]);
    if (!g_hash_table_add(seen, heads->pdata[n]))
      g_error("%s: %s is there twice", info->subject->name, (const char *)heads->pdata[n]);
  }
}

static unsigned compare_words(Bed *bed, const Info *info, const char *path, const char *language) {
  Who who = reader_of(bed, path);
  g_autofree char *csv = g_strconcat(path, ".csv", NULL);
  g_autofree char *in = g_strdup_printf("%s.csv?words=%s", path, language);
  if (!may_leave(bed, info, who, csv))
    return 0;
  g_autoptr(GPtrArray) plain = fetch_csv(bed, who, csv), words = fetch_csv(bed, who, in);
  const GPtrArray *heads = g_ptr_array_index(plain, 0);
  g_autoptr(GArray) columns = kept_columns(info, heads, language);
  unsigned different = 0;
  check_heads(bed, info, heads, columns, g_ptr_array_index(words, 0), language);
  g_assert_cmpuint(plain->len, ==, words->len);
  for (unsigned line = 1; line < plain->len; line++)
    for (unsigned n = 0; n < columns->len; n++) {
      unsigned column = g_array_index(columns, unsigned, n);
      const char *code = cell(plain, line, column);
      g_autofree char *wanted = in_words(bed, info, heads->pdata[column], code, language);
      g_assert_cmpstr(cell(words, line, n), ==, wanted);
      different += strcmp(code, wanted) != 0;
    }
  return different;
}

static void test_words(void) {
  Bed *bed = bed_new();
  static const char *const languages[] = {"zh", "en"};
  unsigned different = 0;
  for (unsigned i = 0; i < model_count(bed->model); i++) {
    const Info *info = model_info(bed->model, i);
    for (const Route *route = info->subject->routes; route->path; route++) {
      g_autofree char *path = route->kind == R_LIST ? list_path(bed, route) : NULL;
      for (unsigned n = 0; path && strcmp(path, "audit") != 0 && n < 2; n++)
        different += compare_words(bed, info, path, languages[n]);
      throttle_free(bed->context->throttle);
      bed->context->throttle = throttle_new();
    }
  }
  g_assert_cmpuint(different, >, 100);
  bed_refused(bed, 422, "invalid", STAFF, "GET", "people.csv?words=fr", NULL);
  bed_free(bed);
}

/* And what is shown is what is kept. */
static bool check_kept(sqlite3 *db, void *data, GError **error) {
  const Table *table = data;
  unsigned id = column(table, "id");
  static const char *const fields[] = {"name", "login", "kind", "sector", "organisation"};
  for (unsigned line = 1; line < table->len; line++) {
    g_autoptr(Statement) row = db_prepare(db,
                                          "select name, coalesce(login, ''), kind, sector,"
                                          " organisation from person where id = :id",
                                          error);
    statement_text(row, ":id", cell(table, line, id));
    g_assert_true(statement_one(row, "none", error));
    for (unsigned i = 0; i < G_N_ELEMENTS(fields); i++)
      g_assert_cmpstr(column_text(row, (int)i), ==, cell(table, line, column(table, fields[i])));
  }
  g_assert_cmpuint(table->len, ==, 8);
  return true;
}

static void test_kept(void) {
  Bed *bed = bed_new();
  g_autoptr(GPtrArray) table = fetch_csv(bed, STAFF, "people.csv?sort=-name");
  bed_write(bed, check_kept, table);
  for (unsigned line = 2; line < table->len; line++)
    g_assert_cmpstr(cell(table, line - 1, column(table, "name")), >=,
                    cell(table, line, column(table, "name")));
  bed_free(bed);
}

/* ---- what is asked ---- */

static void test_wishes(void) {
  Bed *bed = bed_new();
  g_autoptr(GPtrArray) two = fetch_csv(bed, STAFF, "people.csv?role=member&columns=login,name");
  g_assert_cmpuint(((GPtrArray *)two->pdata[0])->len, ==, 2);
  g_assert_cmpstr(cell(two, 0, 0), ==, "login"); /* in the order that is asked */
  g_assert_cmpstr(cell(two, 0, 1), ==, "name");
  g_assert_cmpuint(two->len, ==, 4);
  g_autoptr(GPtrArray) then = fetch_csv(bed, STAFF, "orgs.csv?on=2019-01-01");
  g_assert_cmpuint(then->len, ==, 1);
  g_autoptr(GPtrArray) group = fetch_csv(bed, STAFF, "orgs.csv?columns=parent");
  g_assert_cmpstr(cell(group, 0, 1), ==, "parent.name");
  bed_refused(bed, 422, "invalid", STAFF, "GET", "people.csv?columns=name,secret", NULL);
  bed_refused(bed, 422, "invalid", STAFF, "GET", "people.csv?limit=3", NULL);
  bed_refused(bed, 422, "invalid", STAFF, "GET", "people.csv?role=nobody", NULL);
  bed_refused(bed, 405, "method_not_allowed", STAFF, "POST", "people.csv", "{}");
  bed_refused(bed, 404, "not_found", STAFF, "GET", "people.pdf", NULL);
  g_autofree char *one = g_strdup_printf("people/%s.csv", bed->signed_in[MEMBER].id);
  bed_refused(bed, 404, "not_found", STAFF, "GET", one, NULL);
  bed_free(bed);
}

/* A list that is counted leaves as a table of values and numbers. */
static void test_counts(void) {
  Bed *bed = bed_new();
  g_autoptr(GPtrArray) words =
      fetch_csv(bed, STAFF, "members/register.csv?count_by=sector&words=zh");
  g_assert_cmpstr(cell(words, 0, 0), ==, "界别");
  g_assert_cmpstr(cell(words, 0, 1), ==, "数量");
  g_assert_cmpstr(cell(words, 1, 0), ==, "科技界");
  g_assert_cmpstr(cell(words, 1, 1), ==, "1");
  g_assert_cmpstr(cell(words, 2, 0), ==, "合计");
  g_assert_cmpuint(words->len, ==, 3);
  g_autoptr(GPtrArray) plain = fetch_csv(bed, STAFF, "members/register.csv?count_by=state");
  g_assert_cmpstr(cell(plain, 0, 0), ==, "state");
  g_assert_cmpstr(cell(plain, 1, 0), ==, "active");
  gsize size;
  g_free(fetch(bed, STAFF, "members/register.xlsx?count_by=sex&words=en", &size));
  g_assert_cmpuint(size, >, 1000);
  bed_refused(bed, 422, "invalid", STAFF, "GET", "members/register.csv?count_by=phone", NULL);
  bed_refused(bed, 422, "invalid", STAFF, "GET", "members.csv?count_by=state&columns=code", NULL);
  bed_refused(bed, 403, "forbidden", STRANGER, "GET", "members/register.csv?count_by=sex", NULL);
  json_t *counts = bed_expect(bed, 200, STAFF, "GET", "members/register?count_by=sector", NULL);
  g_assert_cmpint(json_integer_value(json_object_get(counts, "total")), ==, 1);
  json_decref(counts);
  bed_free(bed);
}

static void test_rights(void) {
  Bed *bed = bed_new();
  g_autofree char *posts = g_strdup_printf("orgs/%s/posts.csv", bed->org);
  g_autofree char *parts =
      g_strdup_printf("orgs/%s/posts.csv?columns=role,org&role=member", bed->org);
  bed_refused(bed, 401, "signed_out", ANYBODY, "GET", "people.csv", NULL);
  bed_refused(bed, 403, "forbidden", MEMBER, "GET", "people.csv", NULL);
  bed_refused(bed, 403, "forbidden", SYSTEM_ADMIN, "GET", "people.csv", NULL);
  bed_refused(bed, 403, "forbidden", MEMBER, "GET", posts, NULL);
  g_autoptr(GPtrArray) without = fetch_csv(bed, MEMBER, parts);
  g_assert_cmpuint(without->len, ==, 2);
  g_autoptr(GPtrArray) orgs = fetch_csv(bed, MEMBER, "orgs.csv");
  g_assert_cmpuint(orgs->len, ==, 2);
  /* What is computed of people is theirs as well: nobody said of it that it is not. */
  bed_refused(bed, 403, "forbidden", SYSTEM_ADMIN, "GET", "people.csv?columns=shown", NULL);
  bed_free(bed);
}

/* What belongs to a meeting leaves for who may what its page asks for, and names for who has the
 * verb on the rows. */
static void test_under(void) {
  Bed *bed = bed_new();
  static const char *const run[] = {"invitations", "events"};
  for (unsigned i = 0; i < G_N_ELEMENTS(run); i++) {
    g_autofree char *path = g_strdup_printf("meetings/%s/%s.csv", bed->meeting, run[i]);
    g_autofree char *own = g_strconcat(path, "?columns=id", NULL);
    bed_refused(bed, 403, "forbidden", MEMBER, "GET", own, NULL);
    bed_refused(bed, 404, "not_found", STRANGER, "GET", own, NULL);
    g_free(fetch(bed, HOST, path, NULL));
  }
  g_autofree char *chat = g_strdup_printf("meetings/%s/chat.csv", bed->meeting);
  g_autofree char *times = g_strconcat(chat, "?columns=at", NULL);
  bed_refused(bed, 403, "forbidden", MEMBER, "GET", chat, NULL);
  bed_refused(bed, 404, "not_found", STRANGER, "GET", times, NULL);
  g_free(fetch(bed, MEMBER, times, NULL));
  static const Who who[] = {MEMBER, HOST};
  for (unsigned i = 0; i < G_N_ELEMENTS(who); i++) {
    g_autoptr(GPtrArray) list = fetch_csv(bed, who[i], "meetings.csv?columns=title,host");
    g_assert_cmpuint(list->len, ==, 2);
    g_assert_cmpstr(cell(list, 1, column(list, "title")), !=, "");
    g_assert_cmpint(*cell(list, 1, column(list, "host.name")) != 0, ==, who[i] == HOST);
  }
  bed_free(bed);
}

/* ---- what is recorded, and what stays ---- */

/* Who keeps the audit record gets a signed page about it; nobody else does, nor of any other
 * record. */
static void check_proof(Bed *bed, json_int_t record, const char *sum) {
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_strdup_printf("audit_proof?record=%" JSON_INTEGER_FORMAT, record);
  g_autoptr(ApiResponse) proof = bed_ask(bed, AUDIT_ADMIN, "GET", path, NULL);
  g_assert_cmpint(proof->status, ==, 200);
  g_autoptr(AuditKey) key = audit_key_own(bed->config->data_dir, &error);
  g_assert_true(audit_proof_check(proof->body->str, key, sum, &error));
  g_assert_no_error(error);
  bed_refused(bed, 403, "forbidden", SYSTEM_ADMIN, "GET", path, NULL);
  bed_refused(bed, 403, "forbidden", STAFF, "GET", path, NULL);
  bed_refused(bed, 404, "not_found", AUDIT_ADMIN, "GET", "audit_proof?record=1", NULL);
  bed_refused(bed, 404, "not_found", AUDIT_ADMIN, "GET", "audit_proof?record=999999", NULL);
  bed_refused(bed, 422, "invalid", AUDIT_ADMIN, "GET", "audit_proof", NULL);
}

static void test_recorded(void) {
  Bed *bed = bed_new();
  g_autofree char *folder = g_build_filename(bed->folder, "transit", NULL);
  gsize size;
  g_autofree char *file = fetch(bed, STAFF, "people.xlsx?role=member", &size);
  g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)file, size);
  json_t *audit = bed_expect(bed, 200, AUDIT_ADMIN, "GET", "audit?limit=200", NULL), *row;
  const json_t *found = NULL;
  json_int_t record = 0;
  size_t i;
  json_array_foreach(json_object_get(audit, "items"), i, row) {
    if (strcmp(json_string_value(json_object_get(row, "kind")), "person.export") == 0) {
      found = json_object_get(row, "detail");
      record = json_integer_value(json_object_get(row, "seq"));
    }
  }
  char *detail = json_dumps(found, JSON_COMPACT | JSON_SORT_KEYS);
  g_autofree char *expected =
      g_strdup_printf("{\"columns\":13,\"format\":\"xlsx\",\"list\":\"people.xlsx\","
                      "\"query\":\"role=member\",\"rows\":3,\"sha256\":\"%s\"}",
                      sum);
  g_assert_cmpstr(detail, ==, expected);
  free(detail);
  json_decref(audit);
  check_proof(bed, record, sum);
  g_autoptr(GDir) left = g_dir_open(folder, 0, NULL);
  g_assert_null(g_dir_read_name(left));
  bed_free(bed);
}

/* Longer than a slice, and nothing twice or lost where many are equal to the order. */
static bool add_many(sqlite3 *db, void *data, GError **error) {
  g_autoptr(Statement) insert =
      db_prepare(db,
                 "insert into person (id, name, kind, created_at) with recursive n (i) as (select 1"
                 " union all select i + 1 from n where i < :count) select printf('m%015d', i),"
                 " printf('名%d', i % 7), 'member', 1 from n",
                 error);
  statement_int(insert, ":count", *(const int64_t *)data);
  return statement_run(insert, error);
}

static void test_slices(void) {
  Bed *bed = bed_new();
  int64_t many = 3 * EXPORT_SLICE;
  bed_write(bed, add_many, &many);
  g_autoptr(GPtrArray) table = fetch_csv(bed, STAFF, "people.csv?columns=id,name");
  g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
  for (unsigned line = 1; line < table->len; line++)
    g_assert_true(g_hash_table_add(ids, (char *)cell(table, line, 0)));
  g_assert_cmpuint(g_hash_table_size(ids), ==, many + 7);
  bed_free(bed);
}

static void test_limit(void) {
  Bed *bed = bed_new();
  int status = 200, asked = 0;
  for (; status == 200 && asked < 100; asked++) {
    g_autoptr(ApiResponse) response = bed_ask(bed, STAFF, "GET", "orgs.csv", NULL);
    status = response->status;
  }
  g_assert_cmpint(status, ==, 429);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/exports/same", test_same);
  g_test_add_func("/exports/words", test_words);
  g_test_add_func("/exports/kept", test_kept);
  g_test_add_func("/exports/wishes", test_wishes);
  g_test_add_func("/exports/counts", test_counts);
  g_test_add_func("/exports/rights", test_rights);
  g_test_add_func("/exports/under", test_under);
  g_test_add_func("/exports/recorded", test_recorded);
  g_test_add_func("/exports/slices", test_slices);
  g_test_add_func("/exports/limit", test_limit);
  return g_test_run();
}
