#include "ctl.h"

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "control-client.h"
#include "domain/subjects.h"
#include "model/act.h"
#include "store/passwords.h"
#include "store/people.h"
#include "store/second-factor.h"
#include "store/statement.h"

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
  const CtlOption options[] = {{"--login", &account.login, NULL},
                               {"--name", &account.name, NULL},
                               {"--role", &role, NULL},
                               {"--password-stdin", NULL, &from_stdin},
                               {"--second-factor", NULL, &account.drop_factor}};
  if (!ctl_parse(argv, options, G_N_ELEMENTS(options), NULL))
    return CTL_USAGE;
  if (!account.login)
    return ctl_usage("--login is missing");
  if (account.drop_factor && work != reset_work)
    return ctl_usage("--second-factor goes with reset");
  if (!role_parse(role, &account.role) || account.role == ROLE_MEMBER)
    return ctl_usage("--role wants system_admin, security_admin, audit_admin or staff");
  g_autoptr(GError) error = NULL;
  g_autofree char *given = from_stdin ? read_password(&error) : NULL;
  if (from_stdin && !given)
    return ctl_fail(error);
  account.given = given;
  sqlite3 *db = ctl_open(config, &error);
  bool fine = db && ctl_transact(db, work, &account, &error);
  db_close(db);
  if (fine)
    tell_server(config, account.person);
  if (fine && account.once)
    printf("login:    %s\npassword: %s\n(to be changed at the first log-in / 首次登录须修改)\n",
           account.login, account.once);
  g_free(account.once);
  return fine ? EXIT_SUCCESS : ctl_fail(error);
}

static int admin_list(const Config *config, char **argv) {
  bool quiet = false;
  const CtlOption options[] = {{"--quiet", NULL, &quiet}};
  if (!ctl_parse(argv, options, G_N_ELEMENTS(options), NULL))
    return CTL_USAGE;
  g_autoptr(GError) error = NULL;
  sqlite3 *db = ctl_open(config, &error);
  if (!db)
    return ctl_fail(error);
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
    return ctl_fail(error);
  return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int ctl_admin(const Config *config, char **argv) {
  if (g_strcmp0(*argv, "create") == 0)
    return admin_account(config, argv + 1, create_work);
  if (g_strcmp0(*argv, "reset") == 0)
    return admin_account(config, argv + 1, reset_work);
  if (g_strcmp0(*argv, "list") == 0)
    return admin_list(config, argv + 1);
  return ctl_usage("admin wants create, reset or list");
}
