/* What looking for a word costs: the index of model/search.h beside a plain LIKE.
 *
 *   search [RECORDS]
 *
 * Makes a database of 100,000 records of 200-400 Chinese characters: 6,000 words of which the
 * n-th is used as often as 1/n (Zipf), signs between, and words that only 1-40 records have. Looks
 * for words of two characters, frequent, rare and absent ones, on a reader's connection as the
 * server has it: newest first, titles first, ranked, counted; for somebody who may read a
 * hundredth; by LIKE. Compares with LIKE who is found under rights, and how many. Prints JSON;
 * exits with 1 when a bar is missed (tests/bars/find). */
#include <glib/gstdio.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "model/bigram.h"
#include "model/search.h"
#include "store/connection.h"
#include "store/statement.h"

enum { WORDS = 6000, CHARACTERS = 2000, RARE = 300, RARE_MOST = 40, ROUNDS = 4, PAGE = 50 };
enum { SAMPLES_PUT = 1000, COMPARED = 40, BATCH = 1000 };
#define FROM_MS INT64_C(1600000000000)
#define STEP_S 1500 /* between records: 100,000 in about five years */
#define NEWEST_MOST_MS 5
#define RANKED_MOST_MS 60
#define LIKE_SHARE 10

typedef struct {
  sqlite3 *db; /* the writer's, then a reader's */
  char *folder, *path;
  GRand *rand;
  int records;
  char *words[WORDS];
  double sum[WORDS]; /* of the words' shares up to this one */
  char *rare[RARE];
  GPtrArray *asked; /* words */
} Bench;

/* ---- texts ---- */

static void add_character(GString *text, gunichar from, int i) {
  g_string_append_unichar(text, from + (gunichar)i * 3);
}

/* Few characters stand in many words. */
static char *make_word(GRand *rand, int characters) {
  GString *word = g_string_new(NULL);
  for (int i = 0; i < characters; i++) {
    double share = g_rand_double(rand);
    add_character(word, 0x4e00, (int)(share * share * CHARACTERS));
  }
  return g_string_free(word, FALSE);
}

static void make_words(Bench *bench) {
  double sum = 0;
  for (int i = 0; i < WORDS; i++) {
    double share = g_rand_double(bench->rand);
    int characters = i < 20 ? 1 : share < 0.8 ? 2 : share < 0.9 ? 3 : 4;
    bench->words[i] = make_word(bench->rand, characters);
    bench->sum[i] = sum += 1.0 / (i + 1);
  }
  for (int i = 0; i < RARE; i++) {
    GString *word = g_string_new(NULL);
    add_character(word, 0x7000, i); /* in no other word */
    add_character(word, 0x7000, i + 1);
    bench->rare[i] = g_string_free(word, FALSE);
  }
}

static const char *pick_word(Bench *bench) {
  double share = g_rand_double_range(bench->rand, 0, bench->sum[WORDS - 1]);
  int low = 0, high = WORDS - 1;
  while (low < high) {
    int middle = (low + high) / 2;
    if (bench->sum[middle] < share)
      low = middle + 1;
    else
      high = middle;
  }
  return bench->words[low];
}

static char *make_text(Bench *bench, int characters, bool signs) {
  GString *text = g_string_new(NULL);
  int until = g_rand_int_range(bench->rand, 6, 15);
  for (int i = 0; i < characters;) {
    const char *word = pick_word(bench);
    int length = (int)(strlen(word) / 3);
    g_string_append(text, word);
    i += length;
    until -= length;
    if (signs && until <= 0) {
      g_string_append(text, g_rand_boolean(bench->rand) ? "，" : "。");
      until = g_rand_int_range(bench->rand, 6, 15);
    }
  }
  return g_string_free(text, FALSE);
}

/* ---- the database ---- */

static void must(bool fine, GError *error) {
  if (!fine)
    g_error("%s", error ? error->message : "failed");
}

static void run(sqlite3 *db, const char *sql) {
  GError *error = NULL;
  bool fine = db_exec(db, sql, &error);
  must(fine, error);
}

static Statement *prepare(sqlite3 *db, const char *sql) {
  GError *error = NULL;
  Statement *statement = db_prepare(db, sql, &error);
  must(statement != NULL, error);
  return statement;
}

static double now_ms(void) {
  return (double)g_get_monotonic_time() / 1000;
}

/* The plain table holds the same texts. */
static void put_record(Bench *bench, int i, const char *title, const char *text, bool plain) {
  g_autofree char *id = g_strdup_printf("r%06d", i);
  g_autofree char *number = g_strdup_printf("2026-%06d", i);
  int64_t at = FROM_MS + (int64_t)i * STEP_S * 1000;
  GError *error = NULL;
  if (plain) {
    g_autoptr(Statement) row = prepare(
        bench->db, "insert into record (id, at, title, text) values (:id, :at, :title, :text)");
    statement_text(row, ":id", id);
    statement_int(row, ":at", at);
    statement_text(row, ":title", title);
    statement_text(row, ":text", text);
    bool fine = statement_run(row, &error);
    must(fine, error);
  }
  SearchDoc doc = {i % 2 ? "proposal" : "opinion", id, at, number, title, .text = text};
  bool fine = search_put(bench->db, &doc, &error);
  must(fine, error);
}

/* A tenth of the records is entered out of turn. */
static GArray *make_turns(Bench *bench) {
  GArray *turns = g_array_new(FALSE, FALSE, sizeof(int));
  for (int i = 0; i < bench->records; i++)
    g_array_append_val(turns, i);
  for (int i = 0; i < bench->records / 20; i++) {
    int *a = &g_array_index(turns, int, g_rand_int_range(bench->rand, 0, bench->records));
    int *b = &g_array_index(turns, int, g_rand_int_range(bench->rand, 0, bench->records));
    int turn = *a;
    *a = *b;
    *b = turn;
  }
  return turns;
}

/* The n-th rare word stands in 1 + n % 40 records. */
static void make_records(Bench *bench) {
  g_autoptr(GArray) turns = make_turns(bench);
  int word = 0, left = 1;
  run(bench->db, "create table record (id text primary key, at integer not null, title text not"
                 " null, text text not null) strict; create index record_at on record (at);"
                 "begin");
  for (int i = 0; i < bench->records; i++) {
    g_autofree char *title = make_text(bench, g_rand_int_range(bench->rand, 10, 25), false);
    g_autofree char *body = make_text(bench, g_rand_int_range(bench->rand, 200, 401), true);
    const char *rare = word < RARE && i % (bench->records / (RARE * RARE_MOST / 2) + 1) == 0
                           ? bench->rare[word]
                           : "";
    g_autofree char *text = g_strconcat(body, rare, NULL);
    if (*rare && --left == 0)
      left = 1 + ++word % RARE_MOST;
    put_record(bench, g_array_index(turns, int, i), title, text, true);
    if (i % BATCH == BATCH - 1)
      run(bench->db, "commit; begin");
  }
  run(bench->db,
      "create table seen (id text primary key, share integer not null) strict, without rowid;"
      "insert into seen select id, abs(random()) % 100 from record; commit");
}

/* ---- figures ---- */

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double quantile(GArray *samples, double share) {
  qsort(samples->data, samples->len, sizeof(double), by_value);
  return samples->len ? g_array_index(samples, double, (guint)(share * (samples->len - 1))) : 0;
}

static void add_figures(json_t *out, const char *name, GArray *samples, double *p95) {
  *p95 = quantile(samples, 0.95);
  double most = quantile(samples, 1);
  json_object_set_new(
      out, name,
      json_pack("{s:f, s:f, s:f}", "p50", quantile(samples, 0.5), "p95", *p95, "max", most));
}

/* In milliseconds; what it costs to make the query belongs to it. */
static double time_query(sqlite3 *db, const char *sql, const char *word, int limit) {
  GError *error = NULL;
  double from = now_ms();
  g_auto(BigramQuery) query = {NULL};
  g_assert_cmpint(bigram_query(word, -1, &query), ==, BIGRAM_FINE);
  g_autoptr(Statement) rows = prepare(db, sql);
  statement_text(rows, "@find", query.match);
  statement_text(rows, "@find_numbers", query.numbers);
  if (limit)
    statement_int(rows, "@limit", limit);
  int result;
  while ((result = statement_step(rows, &error)) == SQLITE_ROW)
    g_assert_nonnull(column_text(rows, 0));
  must(result == SQLITE_DONE, error);
  return now_ms() - from;
}

static double measure(Bench *bench, json_t *out, const char *name, char *sql, int limit) {
  g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(double));
  double p95;
  for (int round = 0; round < ROUNDS; round++)
    for (unsigned i = 0; i < bench->asked->len; i++) {
      double took = time_query(bench->db, sql, bench->asked->pdata[i], limit);
      g_array_append_val(samples, took);
    }
  g_free(sql);
  add_figures(out, name, samples, &p95);
  return p95;
}

#define LIKE "(title like '%' || :word || '%' or text like '%' || :word || '%')"

static double measure_like(Bench *bench, json_t *out) {
  g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(double));
  double p95;
  for (unsigned i = 0; i < bench->asked->len; i++) {
    GError *error = NULL;
    double from = now_ms();
    g_autoptr(Statement) rows = prepare(bench->db, "select id, title from record where " LIKE
                                                   " order by at desc limit :limit");
    statement_text(rows, ":word", bench->asked->pdata[i]);
    statement_int(rows, ":limit", PAGE);
    while (statement_step(rows, &error) == SQLITE_ROW)
      g_assert_nonnull(column_text(rows, 0));
    must(error == NULL, error);
    double took = now_ms() - from;
    g_array_append_val(samples, took);
  }
  add_figures(out, "like_newest_ms", samples, &p95);
  return p95;
}

/* New records, then the same with other texts, each in a savepoint as a change has it. */
static void measure_put(Bench *bench, json_t *out) {
  double p95;
  for (int round = 0; round < 2; round++) {
    g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(double));
    for (int i = 0; i < SAMPLES_PUT; i++) {
      g_autofree char *title = make_text(bench, 20, false);
      g_autofree char *text = make_text(bench, 300, true);
      run(bench->db, i % 20 ? "savepoint a" : "begin; savepoint a");
      double from = now_ms();
      put_record(bench, bench->records + i, title, text, false);
      run(bench->db, "release a");
      double took = now_ms() - from;
      if (i % 20 == 19)
        run(bench->db, "commit");
      g_array_append_val(samples, took);
    }
    add_figures(out, round ? "replace_ms" : "put_ms", samples, &p95);
  }
  for (int i = 0; i < SAMPLES_PUT; i++) {
    g_autofree char *id = g_strdup_printf("r%06d", bench->records + i);
    GError *error = NULL;
    bool fine =
        search_drop(bench->db, (bench->records + i) % 2 ? "proposal" : "opinion", id, &error);
    must(fine, error);
  }
}

static int64_t number_of(sqlite3 *db, const char *sql) {
  GError *error = NULL;
  g_autoptr(Statement) row = prepare(db, sql);
  must(statement_one(row, "none", &error), error);
  return column_int(row, 0);
}

/* ---- rights ---- */

#define SEEN(share)                                                                                \
  "exists (select 1 from seen where seen.id = doc.id and seen.share < " G_STRINGIFY(share) ")"

/* All of a statement's first or only column, in order. */
static char *all_of(Statement *rows, int column) {
  GError *error = NULL;
  GString *all = g_string_new(NULL);
  while (statement_step(rows, &error) == SQLITE_ROW)
    g_string_append_printf(all, "%s ", column_text(rows, column));
  must(error == NULL, error);
  return g_string_free(all, FALSE);
}

/* Words for which search and LIKE, both under the same rights, differ in rows or count. */
static int count_wrong(Bench *bench) {
  g_autofree char *select = search_select(SEARCH_NEWEST, NULL, SEEN(20), "");
  g_autofree char *count = search_count(NULL, SEEN(20));
  int wrong = 0;
  for (unsigned i = 0; i < bench->asked->len; i += bench->asked->len / COMPARED) {
    g_auto(BigramQuery) query = {NULL};
    bigram_query(bench->asked->pdata[i], -1, &query);
    g_autoptr(Statement) rows = prepare(bench->db, select);
    g_autoptr(Statement) counted = prepare(bench->db, count);
    g_autoptr(Statement) like = prepare(bench->db, "select doc.id from record doc where " LIKE
                                                   " and " SEEN(20) " order by at desc limit 100");
    g_autoptr(Statement) like_counted = prepare(
        bench->db,
        "select min(count(*), " G_STRINGIFY(SEARCH_COUNTED_MOST) ")"
                                                                 " from record doc where " LIKE
                                                                 " and " SEEN(20));
    statement_text(rows, "@find", query.match);
    statement_text(rows, "@find_numbers", query.numbers);
    statement_int(rows, "@limit", 100);
    statement_text(counted, "@find", query.match);
    statement_text(counted, "@find_numbers", query.numbers);
    statement_text(like, ":word", bench->asked->pdata[i]);
    statement_text(like_counted, ":word", bench->asked->pdata[i]);
    g_autofree char *a = all_of(rows, 1), *b = all_of(like, 0);
    g_autofree char *c = all_of(counted, 0), *d = all_of(like_counted, 0);
    wrong += strcmp(a, b) != 0 || strcmp(c, d) != 0;
  }
  return wrong;
}

/* ---- the run ---- */

static void choose_words(Bench *bench) {
  static const struct {
    int from, step, count; /* ranks */
  } choice[] = {{20, 2, 60}, {300, 29, 60}, {3000, 60, 50}};
  bench->asked = g_ptr_array_new_with_free_func(g_free);
  for (unsigned c = 0; c < G_N_ELEMENTS(choice); c++)
    for (int i = 0, at = choice[c].from; i < choice[c].count; i++, at += choice[c].step) {
      while (at < WORDS - 1 && strlen(bench->words[at]) != 6)
        at++;
      g_ptr_array_add(bench->asked, g_strdup(bench->words[at]));
    }
  for (int i = 0; i < RARE; i += RARE / 30) {
    g_ptr_array_add(bench->asked, g_strdup(bench->rare[i]));
    if (i % (RARE / 10) == 0)
      g_ptr_array_add(bench->asked, g_utf8_strreverse(bench->rare[i], -1)); /* nowhere */
  }
}

static void add_sizes(Bench *bench, json_t *out) {
  static const char sizes[] = "select sum(pgsize) / 1000000 from dbstat where name ";
  g_autofree char *index = g_strconcat(sizes, "like 'search_index%'", NULL);
  g_autofree char *kept = g_strconcat(sizes, "= 'search_text'", NULL);
  g_autofree char *docs =
      g_strconcat(sizes, "like 'search_doc%' or name like 'sqlite_autoindex_search%'", NULL);
  g_autofree char *plain = g_strconcat(sizes, "= 'record'", NULL);
  json_object_set_new(out, "index_mb", json_integer(number_of(bench->db, index)));
  json_object_set_new(out, "kept_texts_mb", json_integer(number_of(bench->db, kept)));
  json_object_set_new(out, "rows_mb", json_integer(number_of(bench->db, docs)));
  json_object_set_new(out, "plain_table_mb", json_integer(number_of(bench->db, plain)));
}

static void begin(Bench *bench) {
  GError *error = NULL;
  bench->rand = g_rand_new_with_seed(1949);
  bench->folder = g_dir_make_tmp("yishi-search-XXXXXX", &error);
  must(bench->folder != NULL, error);
  bench->path = g_build_filename(bench->folder, "yishi.db", NULL);
  bench->db = connection_open(bench->path, CONNECTION_WRITE, &error);
  must(bench->db && connection_migrate(bench->db, &error), error);
  make_words(bench);
  choose_words(bench);
}

static void end(Bench *bench) {
  db_close(bench->db);
  static const char *const ends[] = {"", "-wal", "-shm"};
  for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
    g_autofree char *file = g_strconcat(bench->path, ends[i], NULL);
    g_unlink(file);
  }
  g_rmdir(bench->folder);
  g_free(bench->folder);
  g_free(bench->path);
  g_rand_free(bench->rand);
  g_ptr_array_unref(bench->asked);
  for (int i = 0; i < WORDS; i++)
    g_free(bench->words[i]);
  for (int i = 0; i < RARE; i++)
    g_free(bench->rare[i]);
}

static void become_reader(Bench *bench) {
  GError *error = NULL;
  run(bench->db, "pragma wal_checkpoint (truncate)");
  db_close(bench->db);
  bench->db = connection_open(bench->path, CONNECTION_READ, &error);
  must(bench->db != NULL, error);
}

int main(int argc, char **argv) {
  Bench bench = {.records = argc > 1 ? atoi(argv[1]) : 100000};
  json_t *out = json_object();
  begin(&bench);
  double from = now_ms();
  make_records(&bench);
  json_object_set_new(out, "bar", json_string("find"));
  json_object_set_new(out, "records", json_integer(bench.records));
  json_object_set_new(out, "made_s", json_integer((json_int_t)((now_ms() - from) / 1000)));
  measure_put(&bench, out);
  become_reader(&bench);
  add_sizes(&bench, out);
  double newest =
      measure(&bench, out, "newest_ms", search_select(SEARCH_NEWEST, NULL, "true", ""), PAGE);
  double ranked =
      measure(&bench, out, "ranked_ms", search_select(SEARCH_RANKED, NULL, "true", ""), PAGE);
  measure(&bench, out, "titles_ms", search_select(SEARCH_TITLES, NULL, "true", ""), PAGE);
  measure(&bench, out, "counted_ms", search_count(NULL, "true"), 0);
  measure(&bench, out, "hundredth_newest_ms", search_select(SEARCH_NEWEST, NULL, SEEN(1), ""),
          PAGE);
  measure(&bench, out, "hundredth_counted_ms", search_count(NULL, SEEN(1)), 0);
  double like = measure_like(&bench, out);
  int wrong = count_wrong(&bench);
  json_object_set_new(out, "like_over_newest", json_real(like / newest));
  json_object_set_new(out, "wrong_under_rights", json_integer(wrong));
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  json_object_set_new(out, "memory_mb", json_integer(usage.ru_maxrss / 1024));
  bool fine = newest <= NEWEST_MOST_MS && ranked <= RANKED_MOST_MS && newest * LIKE_SHARE <= like &&
              wrong == 0;
  json_object_set_new(out, "ok", json_boolean(fine));
  char *line = json_dumps(out, JSON_COMPACT | JSON_REAL_PRECISION(4));
  puts(line);
  free(line);
  json_decref(out);
  end(&bench);
  return fine ? 0 : 1;
}
