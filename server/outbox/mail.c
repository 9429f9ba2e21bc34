#include "outbox/mail.h"

#include <glib.h>
#include <string.h>

#define WORD_BYTES                                                                                 \
  42                  /* base64 and its frame of 12 make 68 of 75 characters (RFC 2047 section 2)  \
                       */
#define LINE_BYTES 57 /* 76 characters of base64 (RFC 2045 section 6.8) */
#define SUBJECT_CHARS 80

/* The subject as encoded words; none is cut within a character. */
static void add_subject(GString *out, const char *subject) {
  const char *at = subject;
  for (unsigned count = 0; *at && count < SUBJECT_CHARS;) {
    const char *end = at;
    while (*end && count < SUBJECT_CHARS && g_utf8_next_char(end) - at <= WORD_BYTES) {
      end = g_utf8_next_char(end);
      count++;
    }
    g_autofree char *code = g_base64_encode((const guchar *)at, (gsize)(end - at));
    g_string_append_printf(out, "%s=?UTF-8?B?%s?=", at > subject ? "\r\n " : "", code);
    at = end;
  }
}

static void add_body(GString *out, const char *text) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_autofree char *body = g_strjoinv("\r\n", lines);
  size_t size = strlen(body);
  for (size_t at = 0; at < size; at += LINE_BYTES) {
    g_autofree char *code = g_base64_encode((const guchar *)body + at, MIN(LINE_BYTES, size - at));
    g_string_append_printf(out, "%s\r\n", code);
  }
}

char *mail_compose(const Mail *mail) {
  GString *out = g_string_new(NULL);
  g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(mail->at_ms / 1000);
  g_autofree char *date = g_date_time_format(at, "%a, %d %b %Y %H:%M:%S +0000");
  g_string_printf(out,
                  "Date: %s\r\nFrom: <%s>\r\nTo: <%s>\r\nMessage-ID: <%s%s>\r\nSubject: ", date,
                  mail->from, mail->to, mail->id, strchr(mail->from, '@'));
  add_subject(out, mail->subject);
  g_string_append(out, "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
                       "Content-Transfer-Encoding: base64\r\n"
                       "Auto-Submitted: auto-generated\r\n\r\n"); /* RFC 3834 section 5 */
  add_body(out, mail->text);
  return g_string_free(out, FALSE);
}
