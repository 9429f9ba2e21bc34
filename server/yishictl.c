/* yishictl: administration on the machine itself. It works on the database file, beside a running
 * server (SQLite's locks keep them apart) or without one; only restore wants the server stopped.
 *
 * Exit status: 0 done, 1 it failed (the reason on standard error), 2 wrong usage. Secrets come from
 * standard input or are generated and printed, never taken from the command line, where every user
 * of the machine could read them.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "peers.h"
#include "verify.h"

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

static int peers(const Config *config, char **argv) {
  bool as_json = false;
  const CtlOption options[] = {{"--json", NULL, &as_json}};
  if (!ctl_parse(argv, options, G_N_ELEMENTS(options), NULL))
    return CTL_USAGE;
  g_autoptr(GError) error = NULL;
  json_t *lines = peers_ask(config->data_dir, &error);
  if (!lines)
    return ctl_fail(error);
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

static int verify(const Config *config, char **argv) {
  VerifyOptions wanted = {NULL};
  const CtlOption options[] = {{"--heads", &wanted.heads, NULL},
                               {"--key", &wanted.key, NULL},
                               {"--database", &wanted.database, NULL},
                               {"--recordings", &wanted.recordings, NULL},
                               {"--quick", NULL, &wanted.quick}};
  if (!ctl_parse(argv, options, G_N_ELEMENTS(options), NULL))
    return CTL_USAGE;
  return verify_run(config, &wanted);
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    int (*run)(const Config *config, char **argv);
  } commands[] = {{"admin", ctl_admin}, {"backup", ctl_backup}, {"restore", ctl_restore},
                  {"demo", ctl_demo},   {"audit", ctl_audit},   {"verify", verify},
                  {"peers", peers}};
  setlocale(LC_ALL, "");
  const char *config_path = NULL;
  argv++;
  if (*argv && strcmp(*argv, "--config") == 0) {
    if (!argv[1])
      return ctl_usage("--config wants a file");
    config_path = argv[1];
    argv += 2;
  }
  if (!*argv)
    return ctl_usage("a command is missing");
  for (char **argument = argv; *argument; argument++)
    if (strcmp(*argument, "--help") == 0 || strcmp(*argument, "-h") == 0) {
      fputs(help, stdout);
      return EXIT_SUCCESS;
    }
  g_autoptr(GError) error = NULL;
  g_autoptr(Config) config = config_load(config_path, &error);
  if (!config)
    return ctl_fail(error);
  for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++)
    if (strcmp(commands[i].name, *argv) == 0)
      return commands[i].run(config, argv + 1);
  return ctl_usage("there is no such command");
}
