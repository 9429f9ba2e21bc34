/* What a media thread counts: plain numbers on the packet path, added to the thread's metrics once
 * a tick. */
#pragma once

#include <stdint.h>

#include "router/repair.h"

/* Why something for a receiver did not go out. */
typedef enum {
  UNSENT_CLOSED,   /* the client does not receive on the slot */
  UNSENT_NO_KEY,   /* not connected */
  UNSENT_TOO_LONG, /* for a datagram */
  UNSENT_REFUSED,  /* by SRTP */
  UNSENT_REASONS
} Unsent;

/* Why something from a client that is known was not taken: X(what, name, help) */
#define REFUSALS(X)                                                                                \
  X(REFUSED_NO_KEYS, "no_keys", "SRTP before the DTLS handshake.")                                 \
  X(REFUSED_UNAUTHENTIC, "unauthentic", "SRTP or SRTCP that did not verify.")                      \
  X(REFUSED_REPLAYED, "replayed", "SRTP or SRTCP that came twice.")                                \
  X(REFUSED_MALFORMED, "malformed", "Datagrams or RTP that did not parse.")                        \
  X(REFUSED_UNKNOWN_SSRC, "unknown_ssrc", "RTP of no negotiated m-line.")                          \
  X(REFUSED_DUPLICATE, "duplicate", "RTP repaired twice or too late.")                             \
  X(REFUSED_EXCESS, "excess", "RTP of a source that sends too much.")

typedef enum {
#define X(what, name, help) what,
  REFUSALS(X)
#undef X
      REFUSAL_COUNT
} Refusal;

/* Those of one name, and others of the way to receivers: X(field, metric name, label, help) */
#define COUNTERS_BY_REASON(X)                                                                      \
  X(repairs, "yishi_media_repairs_total", NULL, "Packets that were sent again.")                   \
  X(repair_recent, REPAIRS_REFUSED, "reason=\"recent\"", REPAIRS_REFUSED_HELP)                     \
  X(repair_times, REPAIRS_REFUSED, "reason=\"times\"", REPAIRS_REFUSED_HELP)                       \
  X(repair_old, REPAIRS_REFUSED, "reason=\"old\"", REPAIRS_REFUSED_HELP)                           \
  X(repair_spent, REPAIRS_REFUSED, "reason=\"spent\"", REPAIRS_REFUSED_HELP)                       \
  X(repair_doubted, REPAIRS_REFUSED, "reason=\"doubted\"", REPAIRS_REFUSED_HELP)                   \
  X(repair_gone, REPAIRS_REFUSED, "reason=\"gone\"", REPAIRS_REFUSED_HELP)                         \
  X(repair_unsent, REPAIRS_REFUSED, "reason=\"unsent\"", REPAIRS_REFUSED_HELP)                     \
  X(unsent_closed, PACKETS_UNSENT, "reason=\"closed\"", PACKETS_UNSENT_HELP)                       \
  X(unsent_no_key, PACKETS_UNSENT, "reason=\"no_key\"", PACKETS_UNSENT_HELP)                       \
  X(unsent_long, PACKETS_UNSENT, "reason=\"too_long\"", PACKETS_UNSENT_HELP)                       \
  X(unsent_refused, PACKETS_UNSENT, "reason=\"srtp\"", PACKETS_UNSENT_HELP)                        \
  X(receive_dropped, "yishi_media_receive_dropped_total", NULL,                                    \
    "Datagrams that the kernel dropped because a receive buffer was full.")                        \
  X(feedback_doubted, "yishi_media_feedback_doubted_total", NULL,                                  \
    "Receivers whose transport-wide feedback is not believed any more.")
#define REPAIRS_REFUSED "yishi_media_repairs_refused_total"
#define REPAIRS_REFUSED_HELP "Packets that were asked for and not sent again (router/repair.h)."
#define PACKETS_UNSENT "yishi_media_unsent_total"
#define PACKETS_UNSENT_HELP "Packets for a receiver that did not go out (peer/downlink.h)."

/* X(field, metric name, help) */
#define COUNTERS(X)                                                                                \
  X(datagrams_in, "yishi_media_datagrams_received_total",                                          \
    "UDP datagrams and packets over TCP received.")                                                \
  X(bytes_in, "yishi_media_received_bytes_total", "Bytes of them.")                                \
  X(datagrams_out, "yishi_media_datagrams_sent_total", "UDP datagrams and packets over TCP sent.") \
  X(bytes_out, "yishi_media_sent_bytes_total", "Bytes of them.")                                   \
  X(dropped_out, "yishi_media_send_dropped_total", "Datagrams dropped by a full send buffer.")     \
  X(tcp_opened, "yishi_media_tcp_opened_total", "TCP connections accepted.")                       \
  X(tcp_closed, "yishi_media_tcp_closed_total", "TCP connections closed, by either side.")         \
  X(tcp_refused, "yishi_media_tcp_refused_total", "TCP connections closed by a limit.")            \
  X(tcp_expired, "yishi_media_tcp_expired_total", "TCP connections closed without a check.")       \
  X(tcp_broken, "yishi_media_tcp_broken_total", "TCP connections closed for what they sent.")      \
  X(tcp_dropped, "yishi_media_tcp_dropped_total", "Packets that a TCP connection did not take.")   \
  X(send_calls, "yishi_media_send_calls_total", "System calls that sent datagrams.")               \
  X(checks, "yishi_media_ice_checks_total", "Valid connectivity checks answered.")                 \
  X(checks_refused, "yishi_media_ice_refused_total", "Checks answered with an error.")             \
  X(checks_malformed, "yishi_media_ice_malformed_total", "STUN messages dropped as malformed.")    \
  X(checks_stranger, "yishi_media_ice_strangers_total", "Checks with unknown user fragments.")     \
  X(checks_forged, "yishi_media_ice_forged_total", "Checks whose integrity was wrong.")            \
  X(checks_replayed, "yishi_media_ice_replayed_total", "Checks sent again from elsewhere.")        \
  X(moves, "yishi_media_moves_total", "Peers that moved to another address.")                      \
  X(handshakes, "yishi_media_dtls_handshakes_total", "DTLS handshakes finished.")                  \
  X(handshakes_failed, "yishi_media_dtls_failed_total", "DTLS sessions that failed.")              \
  X(no_peer, "yishi_media_dropped_no_peer_total", "Datagrams from addresses of no peer.")          \
  X(rtp_in, "yishi_media_rtp_received_total", "RTP packets accepted from publishers.")             \
  X(padding, "yishi_media_padding_received_total", "Probing packets without media.")

typedef struct {
#define X(field, name, help) uint64_t field;
  COUNTERS(X)
#undef X
#define X(field, name, label, help) uint64_t field;
  COUNTERS_BY_REASON(X)
#undef X
  uint64_t refused[REFUSAL_COUNT];
} Counters;

#define COUNTERS_THREADS_MAX 64 /* media_threads (base/config.c) */

/* The counter of a repair's verdict, and of what did not go out. */
uint64_t *counters_repair(Counters *counters, RepairVerdict verdict);
uint64_t *counters_unsent(Counters *counters, Unsent why);

/* Makes the metrics of a media thread, all 0, label thread="n"; once more does nothing. Main
 * thread, before the media thread publishes. */
void counters_register(unsigned thread);
/* Adds what came since the last call; `published` is the caller's memory of that, zeroed at first.
 */
void counters_publish(const Counters *counters, Counters *published, unsigned thread);
