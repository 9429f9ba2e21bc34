/* What importing an assembly costs, and whether what was looked at is what is done.
 *
 *   import WORKER [LINES]
 *
 * Brings a workbook of 10,000 people through the API, the worker (WORKER: yishi-table) included: a
 * hundredth of the lines is wrong in four ways, and a hundredth is about people who are there. Asks
 * that every wrong line is named and the whole refused; that nothing is written when anybody it
 * rests on has changed in between; that the right lines alone are then exactly what was looked at;
 * and takes all of it back. The same with 500 members of the register, 7 of them wrong, each with
 * account, sector, committee and file of the term; and what another write waits for meanwhile.
 * Prints JSON; exits with 1 when a bar is missed (tests/bars/import). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <xlsxwriter.h>

#include "api/brought.h"
#include "base/clock.h"
#include "store/statement.h"

#define MOST_S 5.0
#define KNOWN 100 /* each so many lines one is about somebody who is there */
#define WRONG 100 /* each so many lines one is wrong */

static bool fine = true;

#define WANT(condition)                                                                            \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "import: %s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);        \
      fine = false;                                                                                \
    }                                                                                              \
  } while (0)

/* ---- the table ---- */

typedef enum { RIGHT, NAMELESS, BAD_LOGIN, BAD_KIND, DOUBLED } Kind;

typedef struct Table Table;
struct Table {
  const char *kind; /* "people" */
  void (*write)(const Table *table, const char *path);
  unsigned lines, wrong, known;
  Kind *kinds;      /* of each line, from 1 */
  const char *term; /* of members */
};

/* Doubled ones come in twos. */
static void choose_kinds(Table *table, unsigned wrong) {
  table->kinds = g_new0(Kind, table->lines + 1);
  unsigned apart = table->lines / wrong;
  for (unsigned i = 0; i < wrong; i++) {
    static const Kind kinds[] = {DOUBLED,  DOUBLED,  NAMELESS, BAD_LOGIN,
                                 BAD_KIND, NAMELESS, NAMELESS};
    table->kinds[1 + i * apart] = kinds[i % G_N_ELEMENTS(kinds)];
  }
  unsigned doubled = 0;
  for (unsigned i = 1; i <= table->lines; i++)
    doubled += table->kinds[i] == DOUBLED;
  for (unsigned i = table->lines; doubled % 2 == 1; i--)
    if (table->kinds[i] == DOUBLED) {
      table->kinds[i] = NAMELESS;
      doubled--;
    }
  table->wrong = wrong;
}

static bool is_known(const Table *table, unsigned line) {
  return table->known > 0 && line % table->known == 7 && table->kinds[line] == RIGHT;
}

static void write_line(lxw_worksheet *sheet, const Table *table, unsigned line, unsigned *doubled) {
  static const char *const heads[] = {"login", "name", "kind", "sector", "organisation", "备注"};
  char texts[6][64];
  Kind kind = table->kinds[line];
  g_snprintf(texts[0], 64,
             kind == BAD_LOGIN ? "坏 %u"
             : kind == DOUBLED ? "d%u"
                               : "l%u",
             kind == DOUBLED ? (*doubled)++ / 2 : line);
  g_snprintf(texts[1], 64, kind == NAMELESS ? "%.0u" : "委员%u", kind == NAMELESS ? 0 : line);
  g_snprintf(texts[2], 64, "%s", kind == BAD_KIND ? "通委" : "member");
  g_snprintf(texts[3], 64, "界别%u", line % 34);
  g_snprintf(texts[4], 64, "单位%u", line % 500);
  g_snprintf(texts[5], 64, "x");
  for (unsigned i = 0; i < 6; i++)
    worksheet_write_string(sheet, line, (lxw_col_t)i, line == 0 ? heads[i] : texts[i], NULL);
}

static void write_table(const Table *table, const char *path) {
  lxw_workbook *book = workbook_new(path);
  lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
  unsigned doubled = 0;
  for (unsigned line = 0; line <= table->lines; line++)
    write_line(sheet, table, line, &doubled);
  g_assert_cmpint(workbook_close(book), ==, LXW_NO_ERROR);
}

/* People who are there already, with another organisation than the table says. */
static bool add_known(sqlite3 *db, void *data, GError **error) {
  const Table *table = data;
  for (unsigned line = 1; line <= table->lines; line++) {
    if (!is_known(table, line))
      continue;
    g_autofree char *sql =
        g_strdup_printf("insert into person (id, name, login, kind, sector, created_at) values"
                        " ('k%015u', '委员%u', 'l%u', 'member', '界别%u', 1)",
                        line, line, line, line % 34);
    if (!db_exec(db, sql, error))
      return false;
  }
  return true;
}

/* ---- what it costs ---- */

/* On a clock, and of processors, the worker's included: where others use the machine too, the first
 * says little. */
typedef struct {
  double wall_s, cpu_s;
} Cost;

static double seconds_of(const struct timeval *time) {
  return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static Cost now(void) {
  Cost cost = {(double)clock_mono_us() / 1e6, 0};
  static const int whose[] = {RUSAGE_SELF, RUSAGE_CHILDREN};
  for (unsigned i = 0; i < G_N_ELEMENTS(whose); i++) {
    struct rusage usage;
    getrusage(whose[i], &usage);
    cost.cpu_s += seconds_of(&usage.ru_utime) + seconds_of(&usage.ru_stime);
  }
  return cost;
}

static Cost since(Cost from) {
  Cost to = now();
  return (Cost){to.wall_s - from.wall_s, to.cpu_s - from.cpu_s};
}

static json_t *cost_json(Cost cost) {
  return json_pack("{s:f, s:f}", "wall_s", cost.wall_s, "cpu_s", cost.cpu_s);
}

/* ---- asking ---- */

static Plan bring_book(Bed *bed, const Table *table, Cost *cost) {
  g_autofree char *path = g_strdup_printf("%s/import?file=members.xlsx", table->kind);
  ApiRequest *request = bed_request(bed, STAFF, "POST", path, NULL);
  request->file = g_build_filename(bed->folder, "members.xlsx", NULL);
  table->write(table, request->file);
  Cost from = now();
  g_autoptr(ApiResponse) response = bed_send(bed, request);
  *cost = since(from);
  return brought_plan(response);
}

/* Whether it was done; else code is in the answer. */
static bool step(Bed *bed, const Plan *plan, const char *verb, const char *body, const char *code,
                 Cost *cost) {
  g_autofree char *path = g_strdup_printf("imports/%s/%s", plan->id, verb);
  Cost from = now();
  g_autoptr(ApiResponse) response = bed_ask(bed, STAFF, "POST", path, body);
  if (cost)
    *cost = since(from);
  if (code ? !strstr(response->body->str, code) : response->status != 200)
    fprintf(stderr, "import: %s: %d %s\n", verb, response->status, response->body->str);
  return code ? strstr(response->body->str, code) != NULL : response->status == 200;
}

static char *commit_body(const Plan *plan, bool valid_only) {
  return g_strdup_printf("{\"seen\":\"%s\",\"valid_only\":%s}", plan->digest,
                         valid_only ? "true" : "false");
}

/* All lines of the plan, as people look at them. */
static json_t *look(Bed *bed, const Plan *plan) {
  json_t *lines = json_array();
  g_autofree char *after = g_strdup("");
  while (after) {
    g_autofree char *path = g_strdup_printf("imports/%s/rows?limit=1000&after=%s", plan->id, after);
    json_t *page = bed_expect(bed, 200, STAFF, "GET", path, NULL);
    json_array_extend(lines, json_object_get(page, "items"));
    g_free(after);
    after = g_strdup(json_string_value(json_object_get(page, "next")));
    json_decref(page);
  }
  return lines;
}

/* ---- what is in the database ---- */

typedef struct {
  const json_t *lines;
  int64_t people, equal, different;
  char *digest; /* of all people */
} State;

static bool read_state(sqlite3 *db, void *data, GError **error) {
  State *state = data;
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  g_autoptr(Statement) rows =
      db_prepare(db,
                 "select p.id || '|' || name || '|' || coalesce(login, '') || '|' || kind || '|' ||"
                 " sector || '|' || organisation || '|' || active || '|' || (select count(*) from"
                 " person_role r where r.person = p.id) from person p order by p.id",
                 error);
  while (statement_step(rows, error) == SQLITE_ROW) {
    g_checksum_update(sum, (const guchar *)column_text(rows, 0), -1);
    state->people++;
  }
  state->digest = g_strdup(g_checksum_get_string(sum));
  return true;
}

static const char *said(const json_t *line, const char *field) {
  const json_t *change;
  size_t i;
  json_array_foreach(json_object_get(line, "changes"), i, change) {
    if (strcmp(json_string_value(json_object_get(change, "field")), field) == 0)
      return json_string_value(json_object_get(change, "new"));
  }
  return NULL;
}

/* Each line that was to be done against the row that has its login, or its id. */
static bool compare_lines(sqlite3 *db, void *data, GError **error) {
  static const char *const fields[] = {"name", "login", "kind", "sector", "organisation"};
  State *state = data;
  const json_t *line;
  size_t i;
  json_array_foreach(state->lines, i, line) {
    if (strcmp(json_string_value(json_object_get(line, "outcome")), "error") == 0)
      continue;
    g_autoptr(Statement) row = db_prepare(db,
                                          "select name, login, kind, sector, organisation from "
                                          "person where login = :login or id = :id",
                                          error);
    statement_text(row, ":login", said(line, "login"));
    statement_text(row, ":id", json_string_value(json_object_get(line, "target")));
    bool same = statement_step(row, error) == SQLITE_ROW;
    for (unsigned n = 0; same && n < G_N_ELEMENTS(fields); n++) {
      const char *wanted = said(line, fields[n]);
      same = !wanted || g_strcmp0(wanted, column_text(row, (int)n)) == 0;
    }
    *(same ? &state->equal : &state->different) += 1;
  }
  return true;
}

static State state_of(Bed *bed) {
  State state = {NULL};
  bed_write(bed, read_state, &state);
  return state;
}

static Bed *bed_with(const char *worker) {
  Bed *bed = bed_new();
  g_free(bed->config->table_program);
  bed->config->table_program = g_strdup(worker);
  return bed;
}

/* ---- the whole way ---- */

static void check_named(const Table *table, const json_t *lines) {
  unsigned named = 0;
  const json_t *line;
  size_t i;
  WANT(json_array_size(lines) == table->lines);
  json_array_foreach(lines, i, line) {
    int64_t n = json_integer_value(json_object_get(line, "n"));
    const json_t *errors = json_object_get(line, "errors");
    bool wrong = table->kinds[n - 1] != RIGHT; /* the heads are line 1 */
    WANT(wrong == (json_array_size(errors) > 0));
    named += wrong && json_object_get(json_array_get(errors, 0), "code");
  }
  WANT(named == table->wrong);
}

static void move_somebody(Bed *bed, const Table *table) {
  for (unsigned line = 1; line <= table->lines; line++) {
    g_autofree char *path = g_strdup_printf("people/k%015u", line);
    if (!is_known(table, line))
      continue;
    json_decref(bed_expect(bed, 200, STAFF, "PATCH", path, "{\"sector\":\"别的\"}"));
    return;
  }
}

static json_t *run(const char *worker, unsigned lines, unsigned wrong, unsigned known) {
  Cost planned, again, committed = {0}, undone = {0};
  Table table = {.kind = "people", .write = write_table, .lines = lines, .known = known};
  Bed *bed = bed_with(worker);
  choose_kinds(&table, wrong);
  bed_write(bed, add_known, &table);
  State before = state_of(bed);
  Plan plan = bring_book(bed, &table, &planned);
  WANT(plan.errors == wrong && plan.creates + plan.updates == lines - wrong && plan.skips == 0);
  json_t *looked = look(bed, &plan);
  check_named(&table, looked);
  json_decref(looked);
  g_autofree char *whole = commit_body(&plan, false), *valid = commit_body(&plan, true);
  WANT(step(bed, &plan, "commit", whole, "import_plan.has_errors", NULL));
  if (known > 0) {
    move_somebody(bed, &table);
    State moved = state_of(bed), after;
    WANT(step(bed, &plan, "commit", valid, "import_plan.moved", NULL));
    after = state_of(bed);
    WANT(strcmp(moved.digest, after.digest) == 0);
    g_free(before.digest);
    before = moved;
    g_free(after.digest);
  }
  Plan second = bring_book(bed, &table, &again);
  looked = look(bed, &second);
  g_autofree char *body = commit_body(&second, true);
  WANT(step(bed, &second, "commit", body, NULL, &committed));
  State done = {.lines = looked};
  bed_write(bed, compare_lines, &done);
  WANT(done.different == 0 && done.equal == lines - wrong);
  State counted = state_of(bed);
  WANT(counted.people == before.people + second.creates);
  WANT(step(bed, &second, "revert", "{}", NULL, &undone));
  State back = state_of(bed);
  WANT(strcmp(back.digest, before.digest) == 0);
  WANT(planned.wall_s + committed.wall_s <= MOST_S);
  json_decref(looked);
  g_free(before.digest);
  g_free(counted.digest);
  g_free(back.digest);
  g_free(table.kinds);
  bed_free(bed);
  return json_pack("{s:i, s:i, s:o, s:o, s:o, s:o, s:I}", "lines", (int)lines, "wrong", (int)wrong,
                   "plan", cost_json(planned), "plan_again", cost_json(again), "commit",
                   cost_json(committed), "undo", cost_json(undone), "equal",
                   (json_int_t)done.equal);
}

/* ---- members of the register ---- */

#define WAIT_MOST_S 0.25
#define OTHER_AFTER_MS 100

/* Two with the same phone, one of an unknown sector, three without a name, one bad day. */
static void write_members(const Table *table, const char *path) {
  static const char *const heads[] = {"code",      "name",       "phone",    "term",
                                      "sector",    "capacity",   "since",    "document_no",
                                      "committee", "birth_date", "work_unit"};
  lxw_workbook *book = workbook_new(path);
  lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS(heads); i++)
    worksheet_write_string(sheet, 0, (lxw_col_t)i, heads[i], NULL);
  for (unsigned n = 1; n <= table->lines; n++) {
    char texts[G_N_ELEMENTS(heads)][64] = {{0}};
    unsigned phone = n == 400 && table->wrong ? 100 : n;
    g_snprintf(texts[0], 64, "N-%u", n);
    if (!table->wrong || n % 150 != 0)
      g_snprintf(texts[1], 64, "委员%u", n);
    g_snprintf(texts[2], 64, "138%08u", phone);
    g_strlcpy(texts[3], table->term, 64);
    g_strlcpy(texts[4], n == 222 && table->wrong ? "无此界" : "教育界", 64);
    g_strlcpy(texts[5], n % 6 ? "委员" : "常务委员", 64);
    g_strlcpy(texts[6], "2022-01-08", 64);
    g_strlcpy(texts[7], "政协〔2022〕1号", 64);
    g_strlcpy(texts[8], "提案委员会", 64);
    g_strlcpy(texts[9], n == 444 && table->wrong ? "1980-13-01" : "1980-03-01", 64);
    g_snprintf(texts[10], 64, "单位%u", n % 500);
    for (unsigned i = 0; i < G_N_ELEMENTS(heads); i++)
      worksheet_write_string(sheet, n, (lxw_col_t)i, texts[i], NULL);
  }
  g_assert_cmpint(workbook_close(book), ==, LXW_NO_ERROR);
}

/* Somebody else writes while it is being done, as those do who join a meeting. */
typedef struct {
  Store *store;
  int64_t from_us;
  double waited_s; /* 0: not answered yet */
} Other;

static bool write_other(sqlite3 *db, void *data, GError **error) {
  return db_exec(db, "insert or replace into setting (key, value) values ('bench', 'x')", error);
}

static void other_done(void *data, const GError *error) {
  Other *other = data;
  g_assert_no_error((GError *)(uintptr_t)error);
  other->waited_s = (double)(clock_mono_us() - other->from_us) / 1e6;
}

static gboolean write_now(void *data) {
  Other *other = data;
  other->from_us = clock_mono_us();
  store_write(other->store, write_other, other_done, other);
  return G_SOURCE_REMOVE;
}

static bool add_orgs(sqlite3 *db, void *data, GError **error) {
  return db_exec(db,
                 "insert into org (id, kind, code, valid_from, created_at) values"
                 " ('benchsector00000', 'sector', '91', '2012-01-01', 1),"
                 " ('benchcommittee00', 'committee', '91', '2012-01-01', 1);"
                 "insert into org_name (org, valid_from, name) values"
                 " ('benchsector00000', '2012-01-01', '教育界'),"
                 " ('benchcommittee00', '2012-01-01', '提案委员会')",
                 error);
}

static bool read_counts(sqlite3 *db, void *data, GError **error) {
  int64_t *counts = data;
  static const char *const sql[] = {"select count(*) from member_profile",
                                    "select count(*) from post", "select count(*) from term_file",
                                    "select count(*) from person"};
  for (unsigned i = 0; i < G_N_ELEMENTS(sql); i++) {
    g_autoptr(Statement) row = db_prepare(db, sql[i], error);
    if (!row || !statement_one(row, "none", error))
      return false;
    counts[i] = column_int(row, 0);
  }
  return true;
}

static char *term_of(Bed *bed) {
  json_t *page = bed_expect(bed, 200, STAFF, "GET", "terms", NULL);
  char *name = g_strdup(json_string_value(
      json_object_get(json_array_get(json_object_get(page, "items"), 0), "name")));
  json_decref(page);
  return name;
}

static json_t *run_members(const char *worker, unsigned lines, unsigned wrong) {
  Cost planned, committed = {0}, undone = {0};
  int64_t before[4], after[4], back[4];
  Bed *bed = bed_with(worker);
  g_autofree char *term = term_of(bed);
  Table table = {
      .kind = "members", .write = write_members, .lines = lines, .wrong = wrong, .term = term};
  bed_write(bed, add_orgs, NULL);
  bed_write(bed, read_counts, before);
  Plan plan = bring_book(bed, &table, &planned);
  WANT(plan.errors == wrong && plan.creates == lines - wrong);
  g_autofree char *whole = commit_body(&plan, false), *valid = commit_body(&plan, true);
  if (wrong)
    WANT(step(bed, &plan, "commit", whole, "import_plan.has_errors", NULL));
  Other other = {.store = bed->store};
  g_timeout_add(OTHER_AFTER_MS, write_now, &other);
  WANT(step(bed, &plan, "commit", valid, NULL, &committed));
  while (other.waited_s <= 0)
    g_main_context_iteration(NULL, TRUE);
  bed_write(bed, read_counts, after);
  WANT(after[0] == before[0] + plan.creates && after[1] == before[1] + 2 * plan.creates &&
       after[2] == before[2] + plan.creates && after[3] == before[3] + plan.creates);
  WANT(step(bed, &plan, "revert", "{}", NULL, &undone));
  bed_write(bed, read_counts, back);
  WANT(memcmp(before, back, sizeof before) == 0);
  WANT(other.waited_s <= WAIT_MOST_S);
  bed_free(bed);
  return json_pack("{s:s, s:i, s:i, s:o, s:o, s:o, s:f}", "kind", "members", "lines", (int)lines,
                   "wrong", (int)wrong, "plan", cost_json(planned), "commit", cost_json(committed),
                   "undo", cost_json(undone), "other_waited_s", other.waited_s);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: import WORKER [LINES]\n");
    return 2;
  }
  unsigned lines = argc > 2 ? (unsigned)atoi(argv[2]) : 10000;
  json_t *results =
      json_pack("[o, o, o]", run_members(argv[1], 500, 7), run_members(argv[1], lines, 0),
                run(argv[1], lines, lines / WRONG, KNOWN));
  json_t *report = json_pack("{s:s, s:f, s:o, s:b}", "bar", "import", "most_s", MOST_S, "runs",
                             results, "pass", fine);
  char *text = json_dumps(report, JSON_INDENT(2) | JSON_REAL_PRECISION(4));
  puts(text);
  free(text);
  json_decref(report);
  return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
