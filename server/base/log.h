/* Structured logs: one line an event, `time level module event key=value …` on standard error
 * (logfmt), which journald and every log shipper read. Values are quoted when they need it, so that
 * no input can forge a line. Any thread; a line is one write.
 *
 * Never names of people, SDP, tokens or addresses above LOG_DEBUG. What a stranger can cause goes
 * through log_limited: at most 10 lines a second in all, the rest counted and told with the next.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG } LogLevel;

/* Reads "error", "warn", "info" or "debug". */
bool log_level_parse(const char *text, LogLevel *level);
void log_set_level(LogLevel level);
bool log_enabled(LogLevel level);

/* fields: key, printf format of its value, arguments … as one printf format: "room=%s peer=%u".
 * String values are escaped by log_q (below) when they come from outside. */
void log_event(LogLevel level, const char *module, const char *event, const char *fields, ...)
    __attribute__((format(printf, 4, 5)));
void log_limited(LogLevel level, const char *module, const char *event, const char *fields, ...)
    __attribute__((format(printf, 4, 5)));

/* text quoted for a log line (control characters, quotes and long tails replaced), in one of 8
 * per-thread buffers of 256 bytes: good until the eighth call after it. NULL gives "-". */
const char *log_q(const char *text);

#define log_error(module, event, ...) log_event(LOG_ERROR, module, event, __VA_ARGS__)
#define log_warn(module, event, ...) log_event(LOG_WARN, module, event, __VA_ARGS__)
#define log_info(module, event, ...) log_event(LOG_INFO, module, event, __VA_ARGS__)
#define log_debug(module, event, ...)                                                              \
  do {                                                                                             \
    if (log_enabled(LOG_DEBUG))                                                                    \
      log_event(LOG_DEBUG, module, event, __VA_ARGS__);                                            \
  } while (0)
