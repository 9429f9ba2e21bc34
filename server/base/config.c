#include "base/config.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/log.h"
#include "base/zone.h"

G_DEFINE_QUARK(yishi - config - error - quark, config_error)

typedef enum { TEXT, NUMBER, SWITCH } Type;

typedef struct {
  const char *name;
  Type type;
  size_t offset;
  const char *initial;
  int least, most; /* NUMBER */
  const char *doc; /* with the unit */
} Key;

#define AT(field) offsetof(Config, field)

static const Key keys[] = {
    {"listen_address", TEXT, AT(listen_address), "127.0.0.1", 0, 0,
     "Address of the web server, or several, comma-separated. 0.0.0.0 for all of IPv4, :: for all. "
     "Other than loopback wants TLS."},
    {"listen_port", NUMBER, AT(listen_port), "8080", 0, 65535,
     "TCP port of the web server; 0 takes a free one."},
    {"public_url", TEXT, AT(public_url), "", 0, 0,
     "Address that people use, without a path, e.g. https://meet.example.org: pages of any other "
     "are "
     "refused, but for allowed_origins. Empty: personal links lead where the page was reached "
     "that asked for them, and pages of whatever address the browser used are served."},
    {"tls", TEXT, AT(tls), "off", 0, 0,
     "off (loopback only, as behind a proxy on this machine that does TLS), self-signed (made and "
     "kept in data_dir) or "
     "file."},
    {"tls_certificate", TEXT, AT(tls_certificate), "", 0, 0,
     "PEM file of the certificate chain, for tls = file. Looked at every ten seconds, and at "
     "SIGHUP: "
     "new connections get the new one."},
    {"tls_key", TEXT, AT(tls_key), "", 0, 0, "PEM file of the private key, for tls = file."},
    {"allowed_origins", TEXT, AT(allowed_origins), "", 0, 0,
     "Further web origins, comma-separated, that may call the server beside public_url's own."},
    {"trust_proxy", SWITCH, AT(trust_proxy), "no", 0, 0,
     "A reverse proxy on this machine stands in front: believe the last address of X-Forwarded-For "
     "when the connection comes from loopback."},
    {"metrics_public", SWITCH, AT(metrics_public), "no", 0, 0,
     "Answer /metrics to everybody; no: to this machine only."},
    {"data_dir", TEXT, AT(data_dir), "server/var", 0, 0,
     "Folder of the database, the made certificate and the recordings."},
    {"recordings_dir", TEXT, AT(recordings_dir), "", 0, 0,
     "Folder of the recordings. Empty: recordings in data_dir."},
    {"audit_heads_file", TEXT, AT(audit_heads_file), "", 0, 0,
     "File to which the audit record's signed heads are appended every hour, best on another "
     "machine's disk. Empty: audit-heads.log in data_dir."},
    {"web_dir", TEXT, AT(web_dir), "web/dist", 0, 0, "Folder of the built web application."},
    {"pipeline_program", TEXT, AT(pipeline_program), "", 0, 0,
     "The yishi-pipeline program. Empty: beside the server's own program."},
    {"table_program", TEXT, AT(table_program), "", 0, 0,
     "The yishi-table program, which reads tables that are imported. Empty: beside the server's "
     "own program."},
    {"thumbnail_program", TEXT, AT(thumbnail_program), "", 0, 0,
     "The yishi-thumbnail program, which makes thumbnails of pictures that were sent. Empty: "
     "beside "
     "the server's own program."},
    {"paper_program", TEXT, AT(paper_program), "", 0, 0,
     "The yishi-paper program, which fills the templates of printed forms. Empty: beside the "
     "server's own program."},
    {"pdf_program", TEXT, AT(pdf_program), "", 0, 0,
     "The yishi-pdf program, which locks the PDF converter in. Empty: beside the server's own "
     "program."},
    {"pdf_converter", TEXT, AT(pdf_converter), "/usr/lib/libreoffice/program/soffice.bin", 0, 0,
     "LibreOffice's own program, which makes PDFs of printed forms (Debian: "
     "libreoffice-writer-nogui, "
     "and fonts-noto-cjk for Chinese). Where it is not installed, forms are printed as DOCX."},
    {"log_level", TEXT, AT(log_level), "info", 0, 0, "error, warn, info or debug."},
    {"time_zone", TEXT, AT(time_zone), "Asia/Shanghai", 0, 0,
     "Time zone in which days are counted and times are written: in lists, on pages and in "
     "exports, "
     "whatever the zone of this machine or of a viewer's."},
    {"media_addresses", TEXT, AT(media_addresses), "", 0, 0,
     "Addresses to bind for media, comma-separated. Empty: every global address of this machine, "
     "else loopback."},
    {"media_announce", TEXT, AT(media_announce), "", 0, 0,
     "Addresses told to browsers, comma-separated, for a server behind NAT. Empty: those bound."},
    {"media_port", NUMBER, AT(media_port), "7000", 0, 65535,
     "Port of the first media thread, of UDP and with media_tcp of TCP; the others follow. 0 takes "
     "free ones."},
    {"media_tcp", SWITCH, AT(media_tcp), "yes", 0, 0,
     "Take media over TCP too, on the same ports, from networks that let no UDP through."},
    {"media_threads", NUMBER, AT(media_threads), "1", 1, 64, "Media threads."},
    {"room_spread", NUMBER, AT(room_spread), "250", 1, 100000,
     "Participants that a room has on one media thread before it takes another one as well."},
    {"media_gso", SWITCH, AT(media_gso), "yes", 0, 0,
     "Send bursts with UDP segmentation offload when the kernel can."},
    {"turn_uris", TEXT, AT(turn_uris), "", 0, 0,
     "TURN server for networks that block the media port, as comma-separated URIs, best first, "
     "e.g. "
     "turn:meet.example.org:3478?transport=udp. Empty: none. See server/turnserver.conf."},
    {"turn_secret_file", TEXT, AT(turn_secret_file), "", 0, 0,
     "File, mode 0600, with the secret that the TURN server has as static-auth-secret, on one "
     "line."},
    {"turn_credential_min", NUMBER, AT(turn_credential_min), "720", 10, 10080,
     "Minutes for which the TURN credentials handed out at joining are good: longer than a "
     "meeting, because a page that comes back uses them again."},
    {"smtp_server", TEXT, AT(smtp_server), "", 0, 0,
     "Mail server that takes notices, HOST:PORT, e.g. smtp.example.org:587, while no integration "
     "of that kind is in use. Empty: no other is."},
    {"smtp_tls", TEXT, AT(smtp_tls), "starttls", 0, 0,
     "How the connection to it is protected: starttls (wanted, not tried), tls (from the start, "
     "port 465) or none (a mail server on this machine)."},
    {"smtp_user", TEXT, AT(smtp_user), "", 0, 0, "Name to sign in with there. Empty: none."},
    {"smtp_password_file", TEXT, AT(smtp_password_file), "", 0, 0,
     "File, mode 0600, with the password, on one line."},
    {"mail_from", TEXT, AT(mail_from), "", 0, 0,
     "Address that mail comes from, e.g. yishi@example.org; wanted by smtp_server."},
    {"sms_hook_url", TEXT, AT(sms_hook_url), "", 0, 0,
     "Address of the program that sends text messages: it gets {id, to, text} as JSON by POST, and "
     "the same id again when it did not answer with 2xx. It is used while no integration of that "
     "kind is. Empty: no other is."},
    {"sms_hook_secret_file", TEXT, AT(sms_hook_secret_file), "", 0, 0,
     "File, mode 0600, with the secret (whsec_ and base64) by which those requests are signed "
     "(Standard Webhooks). Empty: they are not."},
    {"push_contact", TEXT, AT(push_contact), "", 0, 0,
     "Whom push services may write to about this server, mailto:ADDRESS or https://…, a real one. "
     "Empty: nothing is pushed. Pushes go through the services of the browsers' makers. The pages "
     "of this version do not subscribe to them yet."},
    {"webhooks", SWITCH, AT(webhooks), "no", 0, 0,
     "People may have their notices posted to an https address of theirs, on the public internet "
     "or in webhook_networks."},
    {"webhook_networks", TEXT, AT(webhook_networks), "", 0, 0,
     "Private addresses and networks in which such addresses may lie too, comma-separated, e.g. "
     "10.1.0.0/16."},
    {"outgoing_ca_file", TEXT, AT(outgoing_ca_file), "", 0, 0,
     "PEM file of the authorities by which servers that notices are sent to prove who they are. "
     "Empty: the system's."},
    {"video_slots_max", NUMBER, AT(video_slots_max), "25", 1, 49,
     "Pictures that one client may receive at once."},
    {"resume_window_s", NUMBER, AT(resume_window_s), "30", 1, 600,
     "Seconds for which a dropped participant keeps the place."},
    {"heartbeat_s", NUMBER, AT(heartbeat_s), "5", 1, 60,
     "Seconds between heartbeats; a client silent for three of them is gone."},
    {"message_max_bytes", NUMBER, AT(message_max_bytes), "131072", 1024, 4194304,
     "Bytes of one signalling message; a longer one closes the connection with 1009."},
    {"connections_per_address", NUMBER, AT(connections_per_address), "200", 1, 100000,
     "Connections that one address (of IPv6: a /64) may hold before they are signed in or in a "
     "meeting; beyond that its oldest idle one is closed, and others wait."},
    {"store_readers", NUMBER, AT(store_readers), "2", 1, 32, "Database reader threads."},
    {"store_reserve_mib", NUMBER, AT(store_reserve_mib), "64", 0, 65536,
     "Disk space, MiB, that is kept allocated in data_dir so that attendance can be written for "
     "hours when something else fills the disk. 0: none."},
    {"store_check_first_mib", NUMBER, AT(store_check_first_mib), "64", 0, 65536,
     "A database up to this size, MiB, is checked for damage before it serves; a larger one while "
     "it serves."},
    {"session_idle_staff_min", NUMBER, AT(session_idle_staff_min), "15", 1, 10080,
     "Minutes of idleness after which staff and administrators are signed out; a live meeting "
     "counts as activity."},
    {"session_idle_member_min", NUMBER, AT(session_idle_member_min), "30", 1, 10080,
     "The same for members and guests, minutes."},
    {"password_cost_log2", NUMBER, AT(password_cost_log2), "15", 10, 20,
     "Cost of a password check: scrypt with N = 2 to this power, r = 8, p = 1 (15: 32 MiB)."},
    {"lockout_failures", NUMBER, AT(lockout_failures), "5", 1, 1000,
     "Wrong passwords in a row that lock an account."},
    {"lockout_min", NUMBER, AT(lockout_min), "15", 1, 10080, "Minutes for which it is locked."},
    {"second_factor_must", SWITCH, AT(second_factor_must), "yes", 0, 0,
     "Staff, administrators and all offices sign in with a code of their phone beside the "
     "password, "
     "and are led to set it up when they first do. no: everybody chooses, as members do."},
    /* Limits hold for meetings that are opened from the start with them on (store/rules.h). */
    {"late_after_min", NUMBER, AT(late_after_min), "10", 0, 1440,
     "Minutes after the beginning of a meeting's effective window from which one is late. This and "
     "the next three hold for meetings opened from the server's next start on."},
    {"left_early_min", NUMBER, AT(left_early_min), "10", 0, 1440,
     "Minutes before the end of the window up to which leaving is early."},
    {"present_percent", NUMBER, AT(present_percent), "67", 1, 100,
     "Share of the window, percent, below which one is absent; 67 stands for two thirds exactly."},
    {"window_quiet_min", NUMBER, AT(window_quiet_min), "15", 1, 1440,
     "Minutes after the planned end in which nobody was heard, showed a screen or did anything, "
     "that close the window."},
    {"mute_from", NUMBER, AT(mute_from), "6", 2, 100000,
     "From so many people in a meeting on, whoever comes in does so with the microphone off."},
    {"end_by_itself", SWITCH, AT(end_by_itself), "yes", 0, 0,
     "End a meeting by itself when its planned end has passed and everybody left, or one person is "
     "alone; no: only people end it."},
    {"end_alone_min", NUMBER, AT(end_alone_min), "10", 1, 1440,
     "Minutes for which one person may be alone after that before the meeting ends by itself."},
    {"end_warning_s", NUMBER, AT(end_warning_s), "120", 1, 3600,
     "Seconds between the warning that a meeting is about to end by itself and its end."},
    {"recording_reserve_mib", NUMBER, AT(recording_reserve_mib), "512", 0, 1048576,
     "Free disk space, MiB, below which recordings close so that attendance can still be written."},
};

static bool parse_number(const char *text, long *value) {
  char *end = NULL;
  *value = strtol(text, &end, 10);
  return *text && end && *end == 0;
}

static bool set_value(Config *config, const Key *key, const char *text, const char *where,
                      GError **error) {
  void *field = (char *)config + key->offset;
  long number = 0;
  switch (key->type) {
  case TEXT:
    g_free(*(char **)field);
    *(char **)field = g_strdup(text);
    return true;
  case NUMBER:
    if (!parse_number(text, &number) || number < key->least || number > key->most) {
      g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                  "%s: %s wants a whole number from %d to %d, not \"%s\"", where, key->name,
                  key->least, key->most, text);
      return false;
    }
    *(int *)field = (int)number;
    return true;
  case SWITCH:
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0) {
      g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "%s: %s wants yes or no, not \"%s\"",
                  where, key->name, text);
      return false;
    }
    *(bool *)field = *text == 'y';
    return true;
  }
  g_assert_not_reached();
}

static const Key *find_key(const char *name) {
  for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
    if (strcmp(keys[i].name, name) == 0)
      return &keys[i];
  return NULL;
}

static bool read_line(Config *config, char *line, const char *where, GError **error) {
  g_strstrip(line);
  if (*line == 0 || *line == '#')
    return true;
  char *equals = strchr(line, '=');
  if (!equals) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_KEY, "%s: not a `key = value` line", where);
    return false;
  }
  *equals = 0;
  g_strstrip(line);
  char *value = g_strstrip(equals + 1);
  const Key *key = find_key(line);
  if (!key) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_KEY, "%s: unknown key \"%s\"", where, line);
    return false;
  }
  return set_value(config, key, value, where, error);
}

static bool read_file(Config *config, const char *path, GError **error) {
  g_autofree char *text = NULL;
  if (!g_file_get_contents(path, &text, NULL, error))
    return false;
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (unsigned i = 0; lines[i]; i++) {
    g_autofree char *where = g_strdup_printf("%s:%u", path, i + 1);
    if (!read_line(config, lines[i], where, error))
      return false;
  }
  return true;
}

static bool read_environment(Config *config, GError **error) {
  for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
    g_autofree char *upper = g_ascii_strup(keys[i].name, -1);
    g_autofree char *name = g_strconcat("YISHI_", upper, NULL);
    const char *value = g_getenv(name);
    if (value && !set_value(config, &keys[i], value, name, error))
      return false;
  }
  return true;
}

/* Passwords and session cookies would cross the network for all to read. */
static bool check_plain(const Config *config, GError **error) {
  g_auto(GStrv) addresses = g_strsplit(config->listen_address, ",", -1);
  for (unsigned i = 0; addresses[i]; i++)
    if (!address_is_loopback(g_strstrip(addresses[i]))) {
      g_set_error(
          error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
          "tls = off wants listen_address on loopback (127.0.0.1, ::1), not \"%s\": set tls, "
          "or put a reverse proxy on this machine in front",
          addresses[i]);
      return false;
    }
  return true;
}

/* HOST:PORT, or [ADDRESS]:PORT. */
static bool is_host_and_port(const char *text) {
  const char *colon = strrchr(text, ':');
  long port = 0;
  if (!colon || colon == text || strpbrk(text, "/@ \t") || !g_ascii_isdigit(colon[1]) ||
      !parse_number(colon + 1, &port) || port < 1 || port > UINT16_MAX)
    return false;
  return memchr(text, ':', (size_t)(colon - text)) == NULL || (*text == '[' && colon[-1] == ']');
}

/* With one of these schemes, and something behind it. */
static bool is_address(const char *text, const char *const schemes[2]) {
  for (unsigned i = 0; i < 2; i++)
    if (g_str_has_prefix(text, schemes[i]) && text[strlen(schemes[i])] && !strpbrk(text, " \t"))
      return true;
  return false;
}

static bool check_ways(const Config *config, GError **error) {
  static const char *const hook[2] = {"http://", "https://"};
  static const char *const contact[2] = {"mailto:", "https://"};
  if (*config->smtp_server && !is_host_and_port(config->smtp_server)) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                "smtp_server wants HOST:PORT, such as smtp.example.org:587, not \"%s\"",
                config->smtp_server);
    return false;
  }
  if (*config->sms_hook_url && !is_address(config->sms_hook_url, hook)) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                "sms_hook_url wants http://… or https://…, not \"%s\"", config->sms_hook_url);
    return false;
  }
  if (*config->push_contact && !is_address(config->push_contact, contact)) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                "push_contact wants mailto:ADDRESS or https://…, not \"%s\"", config->push_contact);
    return false;
  }
  return true;
}

static bool check_mail(const Config *config, GError **error) {
  bool none = strcmp(config->smtp_tls, "none") == 0;
  if (!none && strcmp(config->smtp_tls, "starttls") != 0 && strcmp(config->smtp_tls, "tls") != 0) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                "smtp_tls wants starttls, tls or none, not \"%s\"", config->smtp_tls);
    return false;
  }
  if (*config->smtp_server &&
      (!strchr(config->mail_from, '@') || strpbrk(config->mail_from, "<> \t\r\n"))) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                "smtp_server wants mail_from, an address such as yishi@example.org");
    return false;
  }
  if (*config->smtp_user && (none || !*config->smtp_password_file)) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                "smtp_user wants smtp_password_file, and smtp_tls other than none");
    return false;
  }
  return true;
}

static bool check(const Config *config, GError **error) {
  LogLevel level;
  if (!log_level_parse(config->log_level, &level)) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                "log_level wants error, warn, info or debug, not \"%s\"", config->log_level);
    return false;
  }
  if (strcmp(config->tls, "off") != 0 && strcmp(config->tls, "self-signed") != 0 &&
      strcmp(config->tls, "file") != 0) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                "tls wants off, self-signed or file, not \"%s\"", config->tls);
    return false;
  }
  if (strcmp(config->tls, "file") == 0 && (!*config->tls_certificate || !*config->tls_key)) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                "tls = file wants tls_certificate and tls_key");
    return false;
  }
  if (config->media_port + config->media_threads - 1 > UINT16_MAX) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                "media_port = %d leaves no ports for %d media_threads", config->media_port,
                config->media_threads);
    return false;
  }
  if (config->media_tcp && config->listen_port && config->media_port &&
      config->listen_port >= config->media_port &&
      config->listen_port < config->media_port + config->media_threads) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                "listen_port = %d is a media port too: set another one or media_tcp = no",
                config->listen_port);
    return false;
  }
  if (!zone_known(config->time_zone)) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                "time_zone wants a name of the time zone database, such as Asia/Shanghai, not "
                "\"%s\" (package tzdata)",
                config->time_zone);
    return false;
  }
  return check_ways(config, error) && check_mail(config, error) &&
         (strcmp(config->tls, "off") != 0 || check_plain(config, error));
}

Config *config_load(const char *path, GError **error) {
  g_autoptr(Config) config = g_new0(Config, 1);
  for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
    g_assert(set_value(config, &keys[i], keys[i].initial, "default", NULL));
  if (path && !read_file(config, path, error))
    return NULL;
  if (!read_environment(config, error) || !check(config, error))
    return NULL;
  if (!*config->recordings_dir) {
    g_free(config->recordings_dir);
    config->recordings_dir = g_build_filename(config->data_dir, "recordings", NULL);
  }
  return g_steal_pointer(&config);
}

void config_free(Config *config) {
  if (!config)
    return;
  for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
    if (keys[i].type == TEXT)
      g_free(*(char **)((char *)config + keys[i].offset));
  g_free(config);
}

char *config_value(const Config *config, const char *name) {
  const Key *key = find_key(name);
  if (!key)
    return NULL;
  const void *field = (const char *)config + key->offset;
  switch (key->type) {
  case TEXT:
    return g_strdup(*(char *const *)field);
  case NUMBER:
    return g_strdup_printf("%d", *(const int *)field);
  case SWITCH:
    return g_strdup(*(const bool *)field ? "yes" : "no");
  }
  g_assert_not_reached();
}

char *config_document(void) {
  GString *out =
      g_string_new("# Yishi's configuration: every key with its default.\n"
                   "# An environment variable YISHI_KEY overrides the key of that name.\n");
  for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
    g_string_append_printf(out, "\n# %s\n%s = %s\n", keys[i].doc, keys[i].name, keys[i].initial);
  return g_string_free(out, FALSE);
}
