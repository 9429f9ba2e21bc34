#include "front/upload.h"

#include <glib/gstdio.h>
#include <pthread.h>
#include <string.h>

#define FULL_BYTES (1024 * 1024)

/* Held by its connection, by the thread that writes, and by what is said to the main thread. */
struct Upload {
  gint refs;    /* atomic */
  Front *front; /* borrowed: it joins its pool, whose threads use this, before it goes */
  bool passes;
  char person[ID_CHARS + 1]; /* main thread; "": not known yet */
  /* Main thread; done NULL: nobody waits. */
  UploadDone done;
  void (*room)(void *user);
  void *user;

  pthread_mutex_t lock; /* of these */
  GByteArray *waiting;
  bool started, scheduled, ended, freed, full, over;

  /* The thread that writes; the main thread's once it is done. */
  Blob *blob;
  BlobFacts facts;
  char *passed; /* where it lies, whole, or NULL */
  GError *error;
};

static void unref(Upload *upload) {
  if (!g_atomic_int_dec_and_test(&upload->refs))
    return;
  blob_free(upload->blob);
  if (upload->passed)
    g_unlink(upload->passed);
  g_free(upload->passed);
  g_clear_error(&upload->error);
  g_byte_array_unref(upload->waiting);
  pthread_mutex_destroy(&upload->lock);
  g_free(upload);
}

/* ---- to the main thread ---- */

static void say(Upload *upload, GSourceFunc what) {
  g_autoptr(GSource) source = g_idle_source_new();
  g_atomic_int_inc(&upload->refs);
  g_source_set_priority(source, G_PRIORITY_DEFAULT);
  g_source_set_callback(source, what, upload, (GDestroyNotify)unref);
  g_source_attach(source, upload->front->main_context);
}

static gboolean say_room(void *data) {
  Upload *upload = data;
  if (upload->done)
    upload->room(upload->user);
  return G_SOURCE_REMOVE;
}

static gboolean say_done(void *data) {
  Upload *upload = data;
  UploadDone done = upload->done;
  pthread_mutex_lock(&upload->lock);
  g_assert(upload->over); /* and what the thread wrote is seen here from now on */
  pthread_mutex_unlock(&upload->lock);
  upload->done = NULL;
  if (done)
    done(upload->user, upload->error || upload->passes ? NULL : &upload->facts, upload->error);
  return G_SOURCE_REMOVE;
}

/* ---- the thread that writes ---- */

/* What waits, which may be nothing; NULL: there is nothing to do any more, or not now. */
static GByteArray *take_waiting(Upload *upload, bool *last) {
  GByteArray *bytes = NULL;
  pthread_mutex_lock(&upload->lock);
  if (!upload->freed && !upload->error && (upload->waiting->len > 0 || upload->ended)) {
    bytes = upload->waiting;
    upload->waiting = g_byte_array_new();
    *last = upload->ended;
    if (upload->full)
      say(upload, say_room);
    upload->full = false;
  } else {
    upload->scheduled = false;
  }
  pthread_mutex_unlock(&upload->lock);
  return bytes;
}

static bool end_blob(Upload *upload) {
  if (!upload->passes)
    return blob_finish(upload->blob, &upload->facts, &upload->error);
  upload->passed = blob_pass(upload->blob);
  return true;
}

static bool write_some(Upload *upload, const GByteArray *bytes, bool last) {
  if (!upload->blob)
    upload->blob = blob_new(upload->front->config->data_dir, &upload->error);
  return upload->blob && blob_write(upload->blob, bytes->data, bytes->len, &upload->error) &&
         (!last || end_blob(upload));
}

/* Of the front's pool. Ends for good when it fails or has written the last. */
static void work(void *data, void *user) {
  Upload *upload = data;
  bool last = false;
  GByteArray *bytes;
  while ((bytes = take_waiting(upload, &last))) {
    bool fine = write_some(upload, bytes, last);
    g_byte_array_unref(bytes);
    if (fine && !last)
      continue;
    pthread_mutex_lock(&upload->lock);
    upload->over = true;
    pthread_mutex_unlock(&upload->lock);
    say(upload, say_done); /* scheduled stays set: nobody writes any more */
    break;
  }
  unref(upload);
}

Pool *upload_threads_new(void) {
  return pool_new("upload", UPLOAD_THREADS, work, NULL);
}

/* ---- the main thread ---- */

Upload *upload_new(Front *front, bool passes, UploadDone done, void (*room)(void *user),
                   void *user) {
  Upload *upload = g_new0(Upload, 1);
  upload->refs = 1;
  upload->front = front;
  upload->passes = passes;
  g_queue_push_tail(&front->uploads, upload);
  upload->done = done;
  upload->room = room;
  upload->user = user;
  upload->waiting = g_byte_array_new();
  pthread_mutex_init(&upload->lock, NULL);
  return upload;
}

void upload_free(Upload *upload) {
  if (!upload)
    return;
  upload->done = NULL;
  g_queue_remove(&upload->front->uploads, upload);
  pthread_mutex_lock(&upload->lock);
  upload->freed = true;
  pthread_mutex_unlock(&upload->lock);
  unref(upload);
}

/* Under the lock. */
static void schedule(Upload *upload) {
  if (!upload->started || upload->scheduled || (upload->waiting->len == 0 && !upload->ended))
    return;
  upload->scheduled = true;
  g_atomic_int_inc(&upload->refs);
  pool_push(upload->front->upload_threads, upload);
}

bool upload_of(Upload *upload, const char *person) {
  unsigned count = 0;
  for (const GList *link = upload->front->uploads.head; link; link = link->next)
    count += strcmp(((const Upload *)link->data)->person, person) == 0;
  if (count >= UPLOADS_OF_PERSON)
    return false;
  g_strlcpy(upload->person, person, sizeof upload->person);
  return true;
}

void upload_start(Upload *upload) {
  pthread_mutex_lock(&upload->lock);
  upload->started = true;
  schedule(upload);
  pthread_mutex_unlock(&upload->lock);
}

bool upload_take(Upload *upload, const void *bytes, size_t size) {
  pthread_mutex_lock(&upload->lock);
  g_byte_array_append(upload->waiting, bytes, (unsigned)size);
  bool full = upload->full = upload->waiting->len >= FULL_BYTES;
  schedule(upload);
  pthread_mutex_unlock(&upload->lock);
  return full;
}

void upload_end(Upload *upload) {
  pthread_mutex_lock(&upload->lock);
  upload->ended = true;
  schedule(upload);
  pthread_mutex_unlock(&upload->lock);
}

char *upload_passed(Upload *upload) {
  return g_steal_pointer(&upload->passed);
}
