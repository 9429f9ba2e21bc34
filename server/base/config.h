/* The configuration: one file of `key = value` lines, then YISHI_KEY environment variables over it.
 *
 * Every key, its default, unit and meaning stand in one table in config.c; `yishid --print-config`
 * prints it as a commented file. Unknown keys and values that do not parse are errors, with the
 * line. Loaded once, before any thread starts; read-only afterwards, so any thread may read it.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Config {
  char *listen_address; /* web and WebSocket */
  int listen_port;
  char *public_url; /* "https://meet.example.org"; empty: made from the address that was bound */
  char *tls;        /* "off", "self-signed" or "file" */
  char *tls_certificate, *tls_key;
  char *allowed_origins; /* comma-separated, beside public_url's own */
  bool trust_proxy;      /* X-Forwarded-For of a peer on loopback is believed */
  bool metrics_public;
  char *data_dir;         /* database, certificate, recordings */
  char *recordings_dir;   /* empty: data_dir/recordings */
  char *audit_heads_file; /* empty: data_dir/audit-heads.log */
  char *web_dir;          /* the built web application */
  char *pipeline_program;
  char *table_program;
  char *paper_program, *pdf_program, *pdf_converter;
  char *thumbnail_program;
  char *log_level;
  char *time_zone;       /* "Asia/Shanghai": days and written times (zone.h) */
  char *media_addresses; /* comma-separated addresses to bind; empty: found on the interfaces */
  char *media_announce;  /* comma-separated addresses put into candidates; empty: those bound */
  int media_port;        /* UDP and TCP; media thread i uses media_port + i */
  int media_threads, room_spread;
  bool media_gso, media_tcp;
  char *turn_uris;        /* comma-separated, best first; empty: no TURN server */
  char *turn_secret_file; /* api/turn.h reads it */
  int turn_credential_min;
  char *smtp_server; /* "host:port"; empty: no mail */
  char *smtp_tls;    /* "starttls", "tls" or "none" */
  char *smtp_user, *smtp_password_file;
  char *mail_from;
  char *sms_hook_url; /* empty: no text messages */
  char *sms_hook_secret_file;
  char *push_contact; /* "mailto:…" or "https://…"; empty: no pushes */
  bool webhooks;
  char *webhook_networks; /* outbox/networks.h */
  char *outgoing_ca_file;
  int video_slots_max;
  int resume_window_s;
  int heartbeat_s;
  int message_max_bytes;
  int connections_per_address;
  int store_readers;
  int store_reserve_mib;
  int store_check_first_mib;
  int session_idle_staff_min, session_idle_member_min;
  int password_cost_log2; /* scrypt N = 2^this */
  int lockout_failures, lockout_min;
  bool second_factor_must;
  int mute_from;
  bool end_by_itself;
  int end_alone_min, end_warning_s;
  int late_after_min, left_early_min, present_percent, window_quiet_min;
  int recording_reserve_mib;
} Config;

/* path NULL: defaults and environment only. NULL and error on failure; free with config_free. */
Config *config_load(const char *path, GError **error);
void config_free(Config *config);

/* The documented defaults, as a configuration file. Free with g_free. */
char *config_document(void);

/* The value in use of a key, as it would stand in the file; NULL for an unknown key. Free with
 * g_free. */
char *config_value(const Config *config, const char *key);

#define CONFIG_ERROR config_error_quark()
GQuark config_error_quark(void);
typedef enum { CONFIG_ERROR_KEY, CONFIG_ERROR_VALUE } ConfigError;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)
