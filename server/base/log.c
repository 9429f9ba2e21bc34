#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "base/clock.h"
#include "base/limit.h"

static atomic_int threshold = LOG_INFO;
static const char *const level_names[] = {"error", "warn", "info", "debug"};

bool log_level_parse(const char *text, LogLevel *level) {
  for (unsigned i = 0; i < G_N_ELEMENTS(level_names); i++) {
    if (strcmp(text, level_names[i]) == 0) {
      *level = (LogLevel)i;
      return true;
    }
  }
  return false;
}

void log_set_level(LogLevel level) {
  atomic_store_explicit(&threshold, (int)level, memory_order_relaxed);
}

bool log_enabled(LogLevel level) {
  return (int)level <= atomic_load_explicit(&threshold, memory_order_relaxed);
}

static void write_line(LogLevel level, const char *module, const char *event, unsigned suppressed,
                       const char *fields, va_list args) {
  char line[2048], when[32];
  clock_format_utc(clock_wall_ms(), when);
  int used = snprintf(line, sizeof line, "%s %s %s %s", when, level_names[level], module, event);
  if (suppressed)
    used += snprintf(line + used, sizeof line - (size_t)used, " suppressed=%u", suppressed);
  if (fields && *fields) {
    line[used++] = ' ';
    int more = vsnprintf(line + used, sizeof line - (size_t)used - 1, fields, args);
    used += MIN(more, (int)sizeof line - used - 2);
  }
  line[used++] = '\n';
  if (write(STDERR_FILENO, line, (size_t)used) < 0)
    return; /* nowhere left to say it */
}

void log_event(LogLevel level, const char *module, const char *event, const char *fields, ...) {
  if (!log_enabled(level))
    return;
  va_list args;
  va_start(args, fields);
  write_line(level, module, event, 0, fields, args);
  va_end(args);
}

void log_limited(LogLevel level, const char *module, const char *event, const char *fields, ...) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static Limit limit;
  static unsigned suppressed;
  if (!log_enabled(level))
    return;
  pthread_mutex_lock(&lock);
  bool allowed = limit_take(&limit, 10, 10, clock_mono_us());
  unsigned skipped = suppressed;
  suppressed = allowed ? 0 : suppressed + 1;
  pthread_mutex_unlock(&lock);
  if (!allowed)
    return;
  va_list args;
  va_start(args, fields);
  write_line(level, module, event, skipped, fields, args);
  va_end(args);
}

const char *log_q(const char *text) {
  static _Thread_local char buffers[8][256];
  static _Thread_local unsigned next;
  if (!text)
    return "-";
  char *out = buffers[next++ % 8], *end = out + sizeof buffers[0] - 6, *at = out;
  *at++ = '"';
  for (; *text && at < end; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\')
      *at++ = '\\', *at++ = (char)c;
    else
      *at++ = c < 0x20 || c == 0x7f ? '?' : (char)c;
  }
  if (*text)
    *at++ = '.', *at++ = '.';
  *at++ = '"';
  *at = 0;
  return out;
}
