/* The thread that hashes passwords, and the line in front of it.
 *
 * One scrypt takes a tenth of a second of a core, so it runs neither where people wait for reads
 * nor where writes wait for each other, and one caller's many stand behind each other, not before
 * other people's. What must be looked up is looked up before (on a reader), and what is decided by
 * the hash is decided after (on the writer, which compares the credential with the one that was
 * hashed): this thread knows no database. Main thread, but for `slice`. */
#pragma once

#include <stdbool.h>

#include "base/mailbox.h"

typedef struct Hasher Hasher;

typedef struct {
  /* When its turn has come: whether it is still worth hashing. */
  bool (*begin)(void *user);
  /* The hasher's thread: one scrypt. True: there is more to do, when the others had their turn. */
  bool (*slice)(void *user);
  /* Once: it is done; or hashed is false: it was not worth it any more, or the server stops. */
  void (*done)(void *user, bool hashed);
} HashWork;

Hasher *hasher_new(Mailbox *main_mailbox);
/* What waits is done unhashed. The mailbox must be drained afterwards. */
void hasher_free(Hasher *hasher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Hasher, hasher_free)

/* whose: the address or the account that it stands in line for. work is static. False when too many
 * wait already: nothing is called. */
bool hasher_post(Hasher *hasher, const char *whose, const HashWork *work, void *user);
