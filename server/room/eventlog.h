/* The meeting's event log as the room writes it: append-only rows of meeting_event, numbered by the
 * store's writer, each with wall and monotonic time. Later features (chapters, evidence, replay)
 * build on it, so a kind's meaning never changes; new kinds and new members may come.
 *
 * kind       who           data
 * opened, ended, cancelled, crashed   written by the store with the change itself
 * joined     participant   {device, client, capacity}
 * away       participant   {reason: closed|silent}; the connection is gone, the place is kept
 * back       participant   {away_ms, reason: resumed|replaced}
 * left       participant   {reason: left|lost|revoked|replaced|ended|cancelled|shutdown}; lost: the
 *                          resume window passed; revoked: the right to be there ended; replaced:
 *                          by a newer device; the last three: with the meeting, or the server
 * removed    participant   {by: person, for_good}; by null is of before `revoked`
 * switched   participant   {source: mic|camera|screen, on, by: person of a host or null, first:
 *                          while it came in or back, which a page does by itself}
 * screen     participant   {on, track}; a shared screen's packets began or ended
 * heard      participant   {on, track}; began or ceased to be in anybody's audio slots
 * shown      participant   {on, track, source}; the same for video and screen slots
 * speaker    participant or none   {}; the dominant speaker
 * floor      participant or none   {by: person}
 * hand       participant   {up, by: person of a host or null}
 * muted      participant   {source, by: person}
 * deputy     participant   {on, by: person}; of somebody who is here, the audit record has all
 * stays      participant   {}; alone after the planned end, and wants the meeting to go on
 * chat       participant   {chat: id}
 * recording  –             {on, recording, reason: host|auto, or why it stopped, by: person|null}
 * gap        –             {ms, recording, reason: pipeline|restart}; nothing was recorded for ms
 * shutdown   –             {}; the server stops, what follows is its doing
 * clock      –             {jump_ms}; the wall clock was set; the room's times go on unbroken
 *
 * Main thread.
 */
#pragma once

#include "room/inner.h"

/* who may be NULL; data is stolen, NULL: {}. */
void room_log(Room *room, const char *kind, const Participant *who, json_t *data, int64_t now_us);
/* heard, shown and screen of a track. */
void room_log_heard(Room *room, TrackEntry *track, bool on, int64_t now_us);
void room_log_shown(Room *room, TrackEntry *track, bool on, int64_t now_us);
void room_log_screen(Room *room, const TrackEntry *track, bool on, int64_t now_us);
/* Everything off, and no track any more: nobody is left to tell it. */
void room_log_tracks_end(Room *room, int64_t now_us);
/* The time of the room: its wall clock never jumps. */
Moment room_moment(const Room *room, int64_t now_us);
int64_t room_wall_ms(const Room *room, int64_t now_us);
/* A time of the room, by the wall clock as it is now: what a page compares with its own clock. */
int64_t room_told_ms(const Room *room, int64_t room_ms);
/* Compares with the real wall clock and notes a jump of more than a second. */
void room_check_clock(Room *room, int64_t now_us);
