/* A disk that is full to the last byte, on a small file system of the test's own (tmpfs, in a mount
 * namespace): what was acknowledged is there after kill -9, also when the other program takes at
 * once what is given back; the space is reserved again when it returns. */
#include "store/reserve.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/connection.h"
#include "store/presence.h"
#include "store/statement.h"
#include "store/test-fixture.h"

#define DISK "64m"
#define RESERVE_MIB 16
#define FACTS 500
#define PATIENCE_US 60000000

typedef struct {
  Fixture f;
  char host[17], meeting[17];
  char *filler;
} Bench;

static bool have_disks; /* this process may mount */

/* Before there are threads: a mount namespace, and a user namespace unless root. */
static bool may_mount(void) {
  char map[64];
  unsigned uid = getuid(), gid = getgid();
  bool root = uid == 0;
  if (unshare(CLONE_NEWNS | (root ? 0 : CLONE_NEWUSER)) != 0)
    return false;
  if (!root) {
    g_snprintf(map, sizeof map, "0 %u 1", uid);
    g_file_set_contents_full("/proc/self/setgroups", "deny", -1, G_FILE_SET_CONTENTS_NONE, 0, NULL);
    FILE *file = g_fopen("/proc/self/uid_map", "w");
    if (!file || fputs(map, file) < 0 || fclose(file) != 0)
      return false;
    g_snprintf(map, sizeof map, "0 %u 1", gid);
    file = g_fopen("/proc/self/gid_map", "w");
    if (!file || fputs(map, file) < 0 || fclose(file) != 0)
      return false;
  }
  return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void bench_init(Bench *b) {
  GError *error = NULL;
  fixture_init(&b->f);
  g_clear_pointer(&b->f.db, db_close);
  g_assert_cmpint(mount("tmpfs", b->f.dir, "tmpfs", 0, "size=" DISK), ==, 0);
  b->f.db = connection_open(b->f.path, CONNECTION_WRITE, &error);
  g_assert_true(connection_migrate(b->f.db, &error));
  fixture_person(b->f.db, "主持", "host", "staff", 0, b->host);
  fixture_meeting(b->f.db, b->host, NULL, 0, b->meeting);
  b->f.config->store_reserve_mib = RESERVE_MIB;
  b->filler = g_build_filename(b->f.dir, "filler", NULL);
}

static void bench_clear(Bench *b) {
  db_close(b->f.db);
  b->f.db = NULL;
  g_assert_cmpint(umount2(b->f.dir, MNT_DETACH), ==, 0);
  g_free(b->filler);
  fixture_clear(&b->f);
}

/* Takes all that is free. */
static void fill(const char *filler) {
  static const char zeros[65536];
  int fd = open(filler, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  g_assert_cmpint(fd, >=, 0);
  for (size_t size = sizeof zeros; size > 0;)
    if (write(fd, zeros, size) <= 0)
      size /= 2;
  close(fd);
}

typedef struct {
  PresenceOpen segment;
  unsigned *acknowledged;
} Fact;

static bool fact_work(sqlite3 *db, void *data, GError **error) {
  return presence_open(db, &((Fact *)data)->segment, error);
}

static void fact_done(void *data, const GError *error) {
  g_assert_no_error(error);
  ++*((Fact *)data)->acknowledged;
  g_free(data);
}

static void post_fact(Bench *b, unsigned number, unsigned *acknowledged) {
  Fact *fact = g_new0(Fact, 1);
  fact->segment = (PresenceOpen){.device = "phone", .address = "", .at = fixture_moment(T0)};
  g_snprintf(fact->segment.id, 17, "segment-%08u", number);
  memcpy(fact->segment.meeting, b->meeting, 17);
  memcpy(fact->segment.person, b->host, 17);
  fact->acknowledged = acknowledged;
  store_write_kept(b->f.store, fact_work, fact_done, fact);
}

/* The server: fills the disk, writes facts one transaction each, tells how many were acknowledged
 * and is killed. */
static void serve_and_die(Bench *b, bool greedy, int told) {
  unsigned acknowledged = 0;
  fixture_start(&b->f);
  int64_t until_us = clock_mono_us() + PATIENCE_US;
  fill(b->filler);
  for (unsigned i = 0; i < FACTS && clock_mono_us() < until_us; i++) {
    post_fact(b, i, &acknowledged);
    while (acknowledged <= i && clock_mono_us() < until_us) {
      mailbox_drain(b->f.mailbox);
      if (greedy)
        fill(b->filler);
    }
  }
  g_assert_cmpint(write(told, &acknowledged, sizeof acknowledged), ==, sizeof acknowledged);
  kill(getpid(), SIGKILL);
}

static int64_t segments(sqlite3 *db) {
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(db, "select count(*) from presence_segment", &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "none", &error));
  return column_int(row, 0);
}

static void check_full_disk(bool greedy) {
  Bench b;
  GError *error = NULL;
  int told[2];
  unsigned acknowledged = 0;
  if (!have_disks) {
    g_test_skip("no mount namespaces here");
    return;
  }
  bench_init(&b);
  g_clear_pointer(&b.f.db, db_close);
  g_assert_cmpint(pipe(told), ==, 0);
  pid_t child = fork();
  if (child == 0)
    serve_and_die(&b, greedy, told[1]);
  close(told[1]);
  g_assert_cmpint(read(told[0], &acknowledged, sizeof acknowledged), ==, sizeof acknowledged);
  g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
  close(told[0]);
  g_assert_cmpuint(acknowledged, ==, FACTS);
  g_assert_cmpint(g_unlink(b.filler), ==, 0);
  b.f.db = connection_open(b.f.path, CONNECTION_WRITE, &error);
  g_assert_no_error(error);
  g_assert_cmpint(segments(b.f.db), ==, FACTS);
  g_assert_true(connection_check(b.f.db, &error));
  bench_clear(&b);
}

static void test_full(void) {
  check_full_disk(false);
}

static void test_full_and_greedy(void) {
  check_full_disk(true);
}

static int64_t size_of(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 ? (int64_t)status.st_blocks * 512 : -1;
}

/* Its life, by the clock that it is given. */
static void test_given_and_kept(void) {
  Bench b;
  if (!have_disks) {
    g_test_skip("no mount namespaces here");
    return;
  }
  bench_init(&b);
  int64_t bytes = RESERVE_MIB << 20;
  g_autofree char *file = g_build_filename(b.f.dir, "yishi.reserve", NULL);
  g_autofree char *log = g_strconcat(b.f.path, "-wal", NULL);
  Reserve *reserve = reserve_new(b.f.path, bytes);
  reserve_keep(reserve, 0);
  g_assert_cmpint(size_of(file), ==, bytes);
  g_assert_cmpint(size_of(log), >=, 15 << 20);
  g_assert_false(
      reserve_give(reserve)); /* the disk is not full: whatever failed, it was not that */
  fill(b.filler);
  g_assert_true(reserve_give(reserve));
  g_assert_cmpint(size_of(file), ==, -1);
  g_assert_false(reserve_give(reserve)); /* only once */
  reserve_keep(reserve, 10000000);
  g_assert_false(reserve_scarce(reserve)); /* all of it is still there */
  g_assert_cmpint(size_of(file), ==, -1);  /* and none to spare for it to be made again */
  fill(b.filler);
  reserve_keep(reserve, 10000001);
  g_assert_false(reserve_scarce(reserve)); /* it looks every 2 s */
  reserve_keep(reserve, 20000000);
  g_assert_true(reserve_scarce(reserve));
  g_assert_cmpint(g_unlink(b.filler), ==, 0);
  reserve_keep(reserve, 30000000);
  g_assert_false(reserve_scarce(reserve));
  g_assert_cmpint(size_of(file), ==, bytes);
  reserve_free(reserve);
  bench_clear(&b);
}

static void plain_done(void *data, const GError *error) {
  *(int *)data = error ? error->code : -1;
}

static bool plain_work(sqlite3 *db, void *data, GError **error) {
  return db_exec(db, "insert into setting values (hex(randomblob(8)), 'x')", error);
}

/* What can be asked again is refused when only facts have room. */
static void test_facts_only(void) {
  Bench b;
  if (!have_disks) {
    g_test_skip("no mount namespaces here");
    return;
  }
  bench_init(&b);
  g_autofree char *file = g_build_filename(b.f.dir, "yishi.reserve", NULL);
  fixture_start(&b.f);
  g_assert_cmpint(g_unlink(file), ==, 0); /* as if given back and eaten */
  fill(b.filler);
  int outcome = -2;
  unsigned acknowledged = 0, number = 0;
  int64_t until_us = clock_mono_us() + PATIENCE_US;
  while (outcome != STORE_ERROR_DISK && clock_mono_us() < until_us) {
    outcome = -2;
    store_write(b.f.store, plain_work, plain_done, &outcome);
    while (outcome == -2)
      mailbox_drain(b.f.mailbox);
  }
  g_assert_cmpint(outcome, ==, STORE_ERROR_DISK);
  post_fact(&b, number++, &acknowledged);
  while (acknowledged < number && clock_mono_us() < until_us)
    mailbox_drain(b.f.mailbox);
  g_assert_cmpuint(acknowledged, ==, number);
  fixture_stop(&b.f);
  bench_clear(&b);
}

int main(int argc, char **argv) {
  have_disks = may_mount();
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/reserve/full-disk", test_full);
  g_test_add_func("/reserve/full-disk-greedy", test_full_and_greedy);
  g_test_add_func("/reserve/given-and-kept", test_given_and_kept);
  g_test_add_func("/reserve/facts-only", test_facts_only);
  return g_test_run();
}
