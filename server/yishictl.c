/* yishictl: administration on the machine itself. It works on the database file, beside a running
 * server (SQLite's locks keep them apart) or without one; only restore wants the server stopped.
 *
 * Exit status: 0 done, 1 it failed (the reason on standard error), 2 wrong usage. Secrets come from
 * standard input or are generated and printed, never taken from the command line, where every user
 * of the machine could read them.
 */
#include <errno.h>
#include <gio/gio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/digest.h"
#include "base/id.h"
#include "control-client.h"
#include "demo-article.h"
#include "demo.h"
#include "domain/subjects.h"
#include "model/act.h"
#include "peers.h"
#include "proven.h"
#include "store/audit-heads.h"
#include "store/backup.h"
#include "store/connection.h"
#include "store/lost.h"
#include "store/passwords.h"
#include "store/people.h"
#include "store/rules.h"
#include "store/second-factor.h"
#include "store/statement.h"
#include "verify.h"

#define USAGE 2

static const char help[] =
    "yishictl [--config FILE] COMMAND\n"
    "\n"
    "  admin create --login X [--name N] [--role R] [--password-stdin]\n"
    "      Makes an account; R is system_admin (default), security_admin, audit_admin or staff.\n"
    "      Prints a one-time password, which must be changed at the first log-in, or reads the\n"
    "      password as one line from standard input.\n"
    "  admin reset --login X [--password-stdin] [--second-factor]\n"
    "      A new password for an account, in the same way; lifts a lock-out. Whoever is signed\n"
    "      in with it is out, of meetings too. --second-factor: for who has lost the phone and "
    "the\n"
    "      recovery codes: the next log-in asks for no code, and where one is a must another\n"
    "      phone is set up.\n"
    "  admin list [--quiet]\n"
    "      Lists staff and administrators. Exit status 1 when there is none.\n"
    "  backup FILE\n"
    "      Copies the database while the server runs. Files of their own, to be copied after it:\n"
    "      the recordings, and data_dir/attachments and data_dir/push-key.pem where they are\n"
    "      there.\n"
    "  restore FILE [--force]\n"
    "      Puts a backup in place; the server must be stopped. What is replaced is kept.\n"
    "      Everybody must sign in again; personal links are those of the backup.\n"
    "      --force takes a damaged file too.\n"
    "  demo [--json] [--url URL] [--force]\n"
    "      Makes sample people, a consultation that is open now and one tomorrow, and prints\n"
    "      links. Again: fresh links. --force even when there are other members.\n"
    "  demo --size article [--seed N]\n"
    "      Makes a city's worth of sample data in an empty database: 600 members with years of\n"
    "      posts and changes, organisations with reforms, 40 consultations with attendance. The\n"
    "      same for the same N and day. It takes some seconds.\n"
    "  verify [--heads FILE] [--key FILE] [--database FILE] [--recordings DIR] [--quick]\n"
    "      Checks, without a server, the audit record's chain, the signed heads that were "
    "exported\n"
    "      every hour, and each recording's bytes against its hash (not with --quick). Exit\n"
    "      status 1 when something was altered or is gone. --heads and --key: copies of\n"
    "      audit-heads.log and audit-key.pub that were kept elsewhere. --database: a backup.\n"
    "  audit verify [--head SEQ:HASH]\n"
    "      Checks the chain of the audit record alone and prints its head. --head: one that was\n"
    "      noted earlier and must still be there.\n"
    "  audit file FILE [--proof FILE [--key FILE]]\n"
    "      Is this table the one that left here? Says who took it away, when and what it lists,\n"
    "      by the record that was made of it, which the chain holds. Exit status 1 when none was\n"
    "      made of exactly these bytes. --proof: says so by a proof that the audit page made of\n"
    "      it, without the database, with --key: a copy of audit-key.pub.\n"
    "  peers [--json]\n"
    "      Whose line is bad? Everybody who is in a meeting now, the worst line first: the way\n"
    "      (UDP, TCP, * over TURN), round trip, losses both ways, what the way carries by the\n"
    "      server's estimate and what it should, pictures by size, repairs, what did not go out,\n"
    "      key frames, what came and was not taken. Asks the server over a socket in its data\n"
    "      folder: as the server's user, or root.\n"
    "\n"
    "The configuration is the server's: --config FILE and YISHI_* environment variables.\n";

static int fail(const GError *error) {
  fprintf(stderr, "yishictl: %s\n", error ? error->message : "failed");
  return EXIT_FAILURE;
}

static int usage(const char *what) {
  fprintf(stderr, "yishictl: %s (yishictl --help)\n", what);
  return USAGE;
}

/* ---- options of a command ---- */

typedef struct {
  const char *name; /* "--login" */
  const char **text;
  bool *flag;
} Option;

/* Takes options out of argv; the rest goes to *operand (at most one, NULL: none allowed). */
static bool parse(char **argv, const Option *options, unsigned count, const char **operand) {
  for (; *argv; argv++) {
    const Option *option = NULL;
    for (unsigned i = 0; i < count; i++)
      if (strcmp(options[i].name, *argv) == 0)
        option = &options[i];
    if (option && option->flag) {
      *option->flag = true;
    } else if (option && argv[1]) {
      *option->text = *++argv;
    } else if (!option && **argv != '-' && operand && !*operand) {
      *operand = *argv;
    } else {
      fprintf(stderr, "yishictl: cannot use \"%s\" (yishictl --help)\n", *argv);
      return false;
    }
  }
  return true;
}

/* ---- the database ---- */

/* Migrates when no server is running, which then cannot be disturbed by it. */
static bool bring_up_to_date(sqlite3 *db, const Config *config, GError **error) {
  if (connection_version(db) == connection_newest_version())
    return true;
  int lock = connection_lock(config->data_dir, error);
  if (lock < 0) {
    g_prefix_error(error, "the database has another version than this program, and ");
    return false;
  }
  bool fine = connection_migrate(db, error);
  close(lock);
  return fine;
}

static sqlite3 *open_database(const Config *config, GError **error) {
  g_autofree char *path =
      lost_check(config, error) ? connection_path(config->data_dir, error) : NULL;
  sqlite3 *db = path ? connection_open(path, CONNECTION_WRITE, error) : NULL;
  if (db && !bring_up_to_date(db, config, error)) {
    db_close(db);
    return NULL;
  }
  return db;
}

/* One transaction around work. */
static bool in_transaction(sqlite3 *db, StoreWork work, void *data, GError **error) {
  if (!db_exec(db, "begin immediate", error))
    return false;
  if (work(db, data, error) && db_exec(db, "commit", error))
    return true;
  if (!sqlite3_get_autocommit(db))
    db_exec(db, "rollback", NULL);
  return false;
}

/* ---- admin ---- */

/* One line, not echoed on a terminal. */
static char *read_password(GError **error) {
  struct termios before;
  bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;
  if (terminal) {
    struct termios quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    fprintf(stderr, "Password: ");
  }
  char *line = NULL;
  size_t size = 0;
  ssize_t len = getline(&line, &size, stdin);
  if (terminal) {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
  }
  if (len > 0 && line[len - 1] == '\n')
    line[len - 1] = 0;
  g_autofree char *password = g_strdup(len >= 0 && line ? line : "");
  free(line);
  return password_rule(password, error) ? g_steal_pointer(&password) : NULL;
}

typedef struct {
  const Config *config;
  const char *login, *name;
  Role role;
  bool drop_factor;          /* takes the second factor away as well */
  const char *given;         /* password read from standard input, or NULL */
  char *once;                /* out: a generated one */
  char person[ID_CHARS + 1]; /* out */
} Account;

static bool give_password(sqlite3 *db, Account *account, const char *person, GError **error) {
  const Actor by = {NULL, "local"};
  int64_t now_ms = clock_wall_ms();
  account->once = password_reset_direct(db, account->config, person, &by, now_ms, error);
  if (!account->once || !account->given)
    return account->once != NULL;
  g_clear_pointer(&account->once, g_free);
  PasswordHash hash;
  return password_hash(account->given, account->config->password_cost_log2, &hash, error) &&
         password_store(db, person, &hash, false, now_ms, error);
}

/* By the server itself. The answer's id into id, unless that is NULL; takes act's body. */
static bool act_local(sqlite3 *db, const Config *config, Act act, char *id, GError **error) {
  Model *model = subjects_model();
  act.by.address = "local";
  act.at = moment_now();
  json_t *answer = act_now(db, model, config->time_zone, &act, error);
  if (answer && id)
    g_strlcpy(id, json_string_value(json_object_get(answer, "id")), ID_CHARS + 1);
  json_decref(answer);
  json_decref((json_t *)(uintptr_t)act.body);
  subjects_free(model);
  return answer != NULL;
}

/* Staff have their role as such; an administrator is given his. */
static bool create_work(sqlite3 *db, void *data, GError **error) {
  Account *account = data;
  bool staff = account->role == ROLE_STAFF;
  json_t *person =
      json_pack("{s:s, s:s, s:s}", "name", account->name ? account->name : account->login, "login",
                account->login, "kind", staff ? "staff" : "admin");
  const Act create = {.subject = "person", .verb = "create", .body = person};
  if (!act_local(db, account->config, create, account->person, error))
    return false;
  json_t *roles = json_pack("{s:o}", "roles", roles_json(account->role));
  const Act give = {.subject = "person", .verb = "set_roles", .id = account->person, .body = roles};
  return act_local(db, account->config, give, NULL, error) &&
         give_password(db, account, account->person, error);
}

static bool reset_work(sqlite3 *db, void *data, GError **error) {
  Account *account = data;
  g_autoptr(Statement) row = db_prepare(db, "select id from person where login = :login", error);
  if (!row)
    return false;
  statement_text(row, ":login", account->login);
  if (!statement_one(row, "there is no account with this login", error))
    return false;
  g_strlcpy(account->person, column_text(row, 0), sizeof account->person);
  const Actor by = {NULL, "local"};
  return (!account->drop_factor ||
          second_factor_reset(db, account->person, &by, clock_wall_ms(), error)) &&
         give_password(db, account, account->person, error);
}

/* Sessions that ended in the file have connections that only the server can end, and a name that is
 * new may be somebody's in a meeting. What is done stands, whether or not a server hears of it. */
static void tell_server(const Config *config, const char *person) {
  g_autoptr(GError) error = NULL;
  g_autofree char *command = g_strconcat("person ", person, NULL);
  json_t *told = control_ask(config->data_dir, command, &error);
  bool none = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
              g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  if (!none && !json_is_true(json_object_get(told, "told")))
    fprintf(stderr,
            "yishictl: it is done, but the server that runs does not know, and leaves open\n"
            "connections as they are until it is restarted: %s\n",
            error ? error->message : "it is of another version");
  json_decref(told);
}

static int admin_account(const Config *config, char **argv, StoreWork work) {
  Account account = {.config = config};
  const char *role = "system_admin";
  bool from_stdin = false;
  const Option options[] = {{"--login", &account.login, NULL},
                            {"--name", &account.name, NULL},
                            {"--role", &role, NULL},
                            {"--password-stdin", NULL, &from_stdin},
                            {"--second-factor", NULL, &account.drop_factor}};
  if (!parse(argv, options, G_N_ELEMENTS(options), NULL))
    return USAGE;
  if (!account.login)
    return usage("--login is missing");
  if (account.drop_factor && work != reset_work)
    return usage("--second-factor goes with reset");
  if (!role_parse(role, &account.role) || account.role == ROLE_MEMBER)
    return usage("--role wants system_admin, security_admin, audit_admin or staff");
  g_autoptr(GError) error = NULL;
  g_autofree char *given = from_stdin ? read_password(&error) : NULL;
  if (from_stdin && !given)
    return fail(error);
  account.given = given;
  sqlite3 *db = open_database(config, &error);
  bool fine = db && in_transaction(db, work, &account, &error);
  db_close(db);
  if (fine)
    tell_server(config, account.person);
  if (fine && account.once)
    printf("login:    %s\npassword: %s\n(to be changed at the first log-in / 首次登录须修改)\n",
           account.login, account.once);
  g_free(account.once);
  return fine ? EXIT_SUCCESS : fail(error);
}

static int admin_list(const Config *config, char **argv) {
  bool quiet = false;
  const Option options[] = {{"--quiet", NULL, &quiet}};
  if (!parse(argv, options, G_N_ELEMENTS(options), NULL))
    return USAGE;
  g_autoptr(GError) error = NULL;
  sqlite3 *db = open_database(config, &error);
  if (!db)
    return fail(error);
  Statement *rows = db_prepare(
      db,
      "select p.login, p.name, p.active, group_concat(r.role) from person_role r"
      " join person p on p.id = r.person where r.role <> 'member' and p.login is not null"
      " group by p.id order by p.login",
      &error);
  unsigned count = 0;
  int result = SQLITE_ERROR;
  while (rows && (result = statement_step(rows, &error)) == SQLITE_ROW) {
    count++;
    if (!quiet)
      printf("%-20s %-40s %s%s\n", column_text(rows, 0), column_text(rows, 3), column_text(rows, 1),
             column_int(rows, 2) ? "" : " (closed)");
  }
  statement_free(rows);
  db_close(db);
  if (result == SQLITE_ERROR)
    return fail(error);
  return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int admin(const Config *config, char **argv) {
  if (g_strcmp0(*argv, "create") == 0)
    return admin_account(config, argv + 1, create_work);
  if (g_strcmp0(*argv, "reset") == 0)
    return admin_account(config, argv + 1, reset_work);
  if (g_strcmp0(*argv, "list") == 0)
    return admin_list(config, argv + 1);
  return usage("admin wants create, reset or list");
}

/* ---- backup and restore ---- */

static bool note_backup(sqlite3 *db, void *data, GError **error) {
  const Actor by = {NULL, "local"};
  return audit_note(db, "database.backup", &by, NULL, json_pack("{s:s}", "file", data),
                    clock_wall_ms(), error);
}

/* The copy is made and good, whatever the record: on a full disk it is what is needed most. */
static void record_backup(const Config *config, const char *file) {
  g_autoptr(GError) error = NULL;
  g_autofree char *name = g_path_get_basename(file);
  sqlite3 *db = open_database(config, &error);
  if (!db || !in_transaction(db, note_backup, name, &error))
    fprintf(stderr, "yishictl: the audit record does not say so: %s\n", error->message);
  db_close(db);
}

static int backup(const Config *config, char **argv) {
  const char *file = NULL;
  if (!parse(argv, NULL, 0, &file))
    return USAGE;
  if (!file)
    return usage("backup wants a file");
  g_autoptr(GError) error = NULL;
  if (!lost_check(config, &error) || !backup_make(config->data_dir, file, &error))
    return fail(error);
  record_backup(config, file);
  printf("The database is in %s. It holds passwords' hashes and personal data: keep it safe.\n"
         "Recordings are not in it; copy their folder too: %s\n",
         file, config->recordings_dir);
  return EXIT_SUCCESS;
}

/* The heads behind the backup's end are void by this, not by somebody's hand. */
static bool record_restore(const Config *config, GError **error) {
  g_autofree char *path = audit_heads_path(config);
  g_autoptr(AuditKey) key = audit_key_own(config->data_dir, error);
  sqlite3 *db = key ? open_database(config, error) : NULL;
  AuditHead head;
  bool fine = db && audit_head(db, &head, error) &&
              audit_heads_append(path, key, &head, "restore", clock_wall_ms(), error);
  db_close(db);
  return fine;
}

static int restore(const Config *config, char **argv) {
  const char *file = NULL;
  bool force = false;
  const Option options[] = {{"--force", NULL, &force}};
  if (!parse(argv, options, G_N_ELEMENTS(options), &file))
    return USAGE;
  if (!file)
    return usage("restore wants a file");
  g_autoptr(GError) error = NULL;
  g_autofree char *aside = NULL;
  if (!backup_restore(config->data_dir, file, force, &aside, &error))
    return fail(error);
  printf("%s is in place.\n", file);
  if (aside)
    printf("The database that was there before: %s\n", aside);
  if (!record_restore(config, &error))
    fprintf(stderr, "yishictl: the file of heads does not say so: %s\n", error->message);
  return EXIT_SUCCESS;
}

/* ---- demo ---- */

typedef struct {
  const Config *config;
  const char *url;
  bool force;
  json_t *made;
} Demo;

static bool demo_work(sqlite3 *db, void *data, GError **error) {
  Demo *demo = data;
  demo->made = demo_make(db, demo->config, demo->url, demo->force, error);
  return demo->made != NULL;
}

static const char *text_of(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static void print_demo(const json_t *made, bool must) {
  const json_t *staff = json_object_get(made, "staff");
  const json_t *members = json_object_get(made, "members");
  printf("\nSample people and a consultation that is open now / 示例人员和一场正在进行的协商\n\n");
  printf("  Host   主持人  %s\n", text_of(made, "host"));
  for (size_t i = 0; i < json_array_size(members); i++)
    printf("  Member 委员 %zu  %s\n", i + 1, json_string_value(json_array_get(members, i)));
  printf("  Guest  来宾    %s\n\n", text_of(made, "guest"));
  printf("  Staff  工作人员  %s/login\n", text_of(made, "url"));
  printf("         login 账号 %s   password 密码 %s\n\n", text_of(staff, "login"),
         text_of(staff, "password"));
  if (must)
    printf("         At the first log-in a phone with an authenticator app is wanted "
           "(second_factor_must).\n"
           "         首次登录需要用手机上的身份验证器绑定动态码（second_factor_must）。\n\n");
  printf("Each link signs its owner in: open the host's in one browser window, a member's in\n"
         "another. "
         "每个链接对应一个人：在一个浏览器窗口打开主持人链接，在另一个窗口打开委员链接。\n\n");
}

typedef struct {
  const Config *config;
  const Model *model;
  DemoSize size;
} City;

static bool city_work(sqlite3 *db, void *data, GError **error) {
  const City *city = data;
  const DemoDesk desk = {db, city->model, city->config->time_zone, moment_now()};
  return rules_keep(db, city->config, desk.now.wall_ms, error) &&
         demo_article_make(&desk, &city->size, error);
}

static int demo_city(const Config *config, const char *seed) {
  City city = {.config = config};
  guint64 number = 1;
  g_autoptr(GError) error = NULL;
  if (seed && !g_ascii_string_to_unsigned(seed, 10, 0, G_MAXUINT32, &number, NULL))
    return USAGE;
  city.size.seed = (uint32_t)number;
  Model *model = subjects_model(); /* before the connection, which it gives functions */
  city.model = model;
  sqlite3 *db = open_database(config, &error);
  bool fine = db && in_transaction(db, city_work, &city, &error);
  db_close(db);
  subjects_free(model);
  if (!fine)
    return fail(error);
  printf(
      "Sample data at the size of a city; `yishictl admin reset --login demo` makes the staff's\n"
      "password (demo-liaison: the register, demo-leader: the leader).\n"
      "已生成城市规模的示例数据；用 `yishictl admin reset --login demo` 设置工作人员密码\n"
      "（demo-liaison：委员联络，demo-leader：秘书长）。\n");
  return EXIT_SUCCESS;
}

static int demo(const Config *config, char **argv) {
  Demo work = {.config = config};
  const char *size = NULL, *seed = NULL;
  bool as_json = false;
  const Option options[] = {{"--url", &work.url, NULL},
                            {"--json", NULL, &as_json},
                            {"--force", NULL, &work.force},
                            {"--size", &size, NULL},
                            {"--seed", &seed, NULL}};
  if (!parse(argv, options, G_N_ELEMENTS(options), NULL) ||
      (size ? strcmp(size, "article") != 0 : seed != NULL))
    return USAGE;
  if (size)
    return demo_city(config, seed);
  g_autofree char *made_up = g_strdup_printf(
      "%s://localhost:%d", strcmp(config->tls, "off") == 0 ? "http" : "https", config->listen_port);
  if (!work.url)
    work.url = *config->public_url ? config->public_url : made_up;
  g_autofree char *url = g_strdup(work.url);
  while (g_str_has_suffix(url, "/"))
    url[strlen(url) - 1] = 0;
  work.url = url;
  g_autoptr(GError) error = NULL;
  sqlite3 *db = open_database(config, &error);
  bool fine = db && in_transaction(db, demo_work, &work, &error);
  db_close(db);
  if (fine && as_json) {
    json_dumpf(work.made, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
  } else if (fine) {
    print_demo(work.made, config->second_factor_must);
  }
  json_decref(work.made);
  return fine ? EXIT_SUCCESS : fail(error);
}

/* ---- audit ---- */

static bool parse_head(const char *text, AuditHead *head) {
  const char *colon = strchr(text, ':');
  if (!colon || strlen(colon + 1) != 64)
    return false;
  g_autofree char *number = g_strndup(text, (gsize)(colon - text));
  gint64 seq = 0;
  if (!g_ascii_string_to_signed(number, 10, 1, G_MAXINT64, &seq, NULL))
    return false;
  head->seq = seq;
  g_strlcpy(head->hash, colon + 1, sizeof head->hash);
  return true;
}

static int audit_file(const Config *config, char **argv) {
  const char *path = NULL, *proof = NULL, *key = NULL;
  const Option options[] = {{"--proof", &proof, NULL}, {"--key", &key, NULL}};
  if (!parse(argv, options, G_N_ELEMENTS(options), &path))
    return USAGE;
  if (!path)
    return usage("audit file wants a file");
  if (key && !proof)
    return usage("--key is of a --proof");
  char sha256[DIGEST_SIZE];
  uint64_t bytes;
  if (!digest_path(path, sha256, &bytes)) {
    fprintf(stderr, "yishictl: %s: %s\n", path, g_strerror(errno));
    return EXIT_FAILURE;
  }
  g_autoptr(GError) error = NULL;
  if (proof)
    return proven_by_page(config, proof, key, sha256, &error) ? EXIT_SUCCESS : fail(error);
  sqlite3 *db = open_database(config, &error);
  int found =
      db && audit_verify(db, NULL, NULL, &error) ? proven_by_record(db, sha256, &error) : -1;
  db_close(db);
  if (found < 0)
    return fail(error);
  if (found == 0)
    fprintf(stderr, "yishictl: no file of exactly these bytes left here (SHA-256 %s)\n", sha256);
  return found > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int audit(const Config *config, char **argv) {
  const char *noted = NULL;
  const Option options[] = {{"--head", &noted, NULL}};
  AuditHead known, head;
  if (g_strcmp0(*argv, "file") == 0)
    return audit_file(config, argv + 1);
  if (g_strcmp0(*argv, "verify") != 0)
    return usage("audit wants verify or file");
  if (!parse(argv + 1, options, G_N_ELEMENTS(options), NULL))
    return USAGE;
  if (noted && !parse_head(noted, &known))
    return usage("--head wants SEQ:HASH as an earlier verify printed it");
  g_autoptr(GError) error = NULL;
  sqlite3 *db = open_database(config, &error);
  bool fine = db && audit_verify(db, noted ? &known : NULL, &head, &error);
  db_close(db);
  if (!fine)
    return fail(error);
  printf("%" G_GINT64_FORMAT " records, the chain is whole\nhead %" G_GINT64_FORMAT ":%s\n",
         head.seq, head.seq, head.hash);
  return EXIT_SUCCESS;
}

/* ---- peers ---- */

static int peers(const Config *config, char **argv) {
  bool as_json = false;
  const Option options[] = {{"--json", NULL, &as_json}};
  if (!parse(argv, options, G_N_ELEMENTS(options), NULL))
    return USAGE;
  g_autoptr(GError) error = NULL;
  json_t *lines = peers_ask(config->data_dir, &error);
  if (!lines)
    return fail(error);
  if (as_json) {
    json_dumpf(lines, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
  } else {
    g_autofree char *table = peers_table(lines);
    fputs(table, stdout);
  }
  json_decref(lines);
  return EXIT_SUCCESS;
}

/* ---- verify ---- */

static int verify(const Config *config, char **argv) {
  VerifyOptions wanted = {NULL};
  const Option options[] = {{"--heads", &wanted.heads, NULL},
                            {"--key", &wanted.key, NULL},
                            {"--database", &wanted.database, NULL},
                            {"--recordings", &wanted.recordings, NULL},
                            {"--quick", NULL, &wanted.quick}};
  if (!parse(argv, options, G_N_ELEMENTS(options), NULL))
    return USAGE;
  return verify_run(config, &wanted);
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    int (*run)(const Config *config, char **argv);
  } commands[] = {{"admin", admin}, {"backup", backup}, {"restore", restore}, {"demo", demo},
                  {"audit", audit}, {"verify", verify}, {"peers", peers}};
  setlocale(LC_ALL, "");
  const char *config_path = NULL;
  argv++;
  if (*argv && strcmp(*argv, "--config") == 0) {
    if (!argv[1])
      return usage("--config wants a file");
    config_path = argv[1];
    argv += 2;
  }
  if (!*argv)
    return usage("a command is missing");
  for (char **argument = argv; *argument; argument++)
    if (strcmp(*argument, "--help") == 0 || strcmp(*argument, "-h") == 0) {
      fputs(help, stdout);
      return EXIT_SUCCESS;
    }
  g_autoptr(GError) error = NULL;
  g_autoptr(Config) config = config_load(config_path, &error);
  if (!config)
    return fail(error);
  for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++)
    if (strcmp(commands[i].name, *argv) == 0)
      return commands[i].run(config, argv + 1);
  return usage("there is no such command");
}
