/* Level traces of the kinds that meetings have, and what must come of them. */
#include "router/speaker.h"

#include <glib.h>
#include <string.h>

#include "router/packet.h"

#define SILENT 127
#define VOICE 35 /* -35 dBov */
#define NOISE 72
#define FAINT 55
#define VOICES 4

typedef struct {
  Speech speech[VOICES];
  const Speech *all[VOICES];
  int64_t now_us, decided_us;
  int dominant;
  unsigned changes;
} Table;

static void table_init(Table *table) {
  memset(table, 0, sizeof *table);
  table->now_us = 1000000;
  table->dominant = -1;
  for (int i = 0; i < VOICES; i++) {
    speech_init(&table->speech[i]);
    table->all[i] = &table->speech[i];
  }
}

/* Everybody sends a packet each 20 ms at these levels, voices with a syllable's ups and downs. */
static void run(Table *table, unsigned ms, const uint8_t levels[VOICES]) {
  for (unsigned at = 0; at < ms; at += 20) {
    table->now_us += 20000;
    for (int i = 0; i < VOICES; i++) {
      uint8_t sway = levels[i] < 60 ? (uint8_t)((at / 20 * 7 + (unsigned)i * 3) % 9) : 0;
      speech_level(&table->speech[i], (uint8_t)(levels[i] + sway), table->now_us);
      speech_advance(&table->speech[i], table->now_us);
    }
    if (table->now_us - table->decided_us < SPEAKER_DECISION_US)
      continue;
    table->decided_us = table->now_us;
    int next = speaker_elect(table->all, VOICES, table->dominant, table->now_us);
    table->changes += next != table->dominant;
    table->dominant = next;
  }
}

static void test_silence(void) {
  Table table;
  table_init(&table);
  run(&table, 5000, (uint8_t[]){SILENT, NOISE, SILENT, NOISE});
  g_assert_cmpint(table.dominant, ==, -1);
  for (int i = 0; i < VOICES; i++)
    g_assert_false(table.speech[i].speaking);
}

static void test_turns(void) {
  Table table;
  table_init(&table);
  run(&table, 2000, (uint8_t[]){NOISE, NOISE, NOISE, NOISE});
  run(&table, 1000, (uint8_t[]){VOICE, NOISE, NOISE, NOISE});
  g_assert_cmpint(table.dominant, ==, 0);
  run(&table, 3000, (uint8_t[]){NOISE, NOISE, NOISE, NOISE}); /* a pause for thought */
  g_assert_cmpint(table.dominant, ==, 0);
  run(&table, 1500, (uint8_t[]){NOISE, NOISE, VOICE, NOISE});
  g_assert_cmpint(table.dominant, ==, 2);
  g_assert_cmpuint(table.changes, ==, 2);
}

static void test_interjection(void) {
  Table table;
  table_init(&table);
  run(&table, 4000, (uint8_t[]){VOICE, NOISE, NOISE, NOISE});
  run(&table, 260, (uint8_t[]){VOICE, VOICE - 10, NOISE, NOISE}); /* "yes", louder */
  run(&table, 2000, (uint8_t[]){VOICE, NOISE, NOISE, NOISE});
  run(&table, 40, (uint8_t[]){VOICE, NOISE, 5, NOISE}); /* a cough */
  run(&table, 2000, (uint8_t[]){VOICE, NOISE, NOISE, NOISE});
  run(&table, 3000, (uint8_t[]){VOICE, VOICE + 3, NOISE, NOISE}); /* both at once */
  g_assert_cmpint(table.dominant, ==, 0);
  g_assert_cmpuint(table.changes, ==, 1);
}

/* A voice as it was a second ago: so many blocks of speech, but for the last frames. */
static Speech voice(unsigned blocks, unsigned silent_frames) {
  Speech speech;
  speech_init(&speech);
  speech.speaking = true;
  for (unsigned back = silent_frames; back < blocks * SPEECH_MEDIUM_FRAMES; back++)
    speech.frames[(SPEECH_FRAMES - back) % SPEECH_FRAMES] = 9;
  return speech;
}

/* Each of the three scores alone keeps the speaker. */
static void test_thresholds(void) {
  Speech present = voice(5, 0), challenger = voice(8, 0);
  const Speech *both[] = {&present, &challenger};
  g_assert_cmpint(speaker_elect(both, 2, 0, 1000000), ==, 0); /* both are speaking now */
  present = voice(5, 1);
  g_assert_cmpint(speaker_elect(both, 2, 0, 1000000), ==, 0); /* he only took breath */
  present = voice(5, 5);
  g_assert_cmpint(speaker_elect(both, 2, 0, 1000000), ==, 1); /* he ceased */
  present.frames[present.at] = 6;
  g_assert_cmpint(speaker_elect(both, 2, 0, 1000000), ==, 0); /* he goes on, in a low voice */
  present.frames[present.at] = 0;
  challenger = voice(3, 0);
  g_assert_cmpint(speaker_elect(both, 2, 0, 1000000), ==, 0); /* but the other just began */
  challenger = voice(8, 0);
  challenger.speaking = false;
  g_assert_cmpint(speaker_elect(both, 2, 0, 1000000), ==, 0);
}

static void test_faint(void) {
  Table table;
  table_init(&table);
  run(&table, 2000, (uint8_t[]){VOICE, NOISE, NOISE, NOISE});
  run(&table, 4000, (uint8_t[]){NOISE, NOISE, NOISE, FAINT});
  g_assert_cmpint(table.dominant, ==, 3);
}

static void test_steady_noise(void) {
  Table table;
  table_init(&table);
  /* An air conditioner at -65 dBov beside a real voice. */
  run(&table, 8000, (uint8_t[]){65, SILENT, SILENT, SILENT});
  g_assert_false(table.speech[0].speaking);
  run(&table, 1500, (uint8_t[]){65, VOICE, SILENT, SILENT});
  g_assert_cmpint(table.dominant, ==, 1);
}

static void test_hangover(void) {
  Table table;
  table_init(&table);
  run(&table, 1000, (uint8_t[]){VOICE, SILENT, SILENT, SILENT});
  g_assert_true(table.speech[0].speaking);
  run(&table, 800, (uint8_t[]){SILENT, SILENT, SILENT, SILENT});
  g_assert_true(table.speech[0].speaking); /* between sentences */
  run(&table, 400, (uint8_t[]){SILENT, SILENT, SILENT, SILENT});
  g_assert_false(table.speech[0].speaking);
}

/* Words: so many of the tenths of a second are voice, the pauses digital silence. */
static uint8_t words(unsigned ms, uint8_t level) {
  static const bool voiced[] = {1, 0, 0, 1, 1, 0, 1, 0, 1, 0};
  return voiced[ms / 100 % G_N_ELEMENTS(voiced)] ? level : SILENT;
}

/* A soft voice that fills a loud one's pauses, however the two lie to each other. */
static void test_background(void) {
  for (unsigned phase = 0; phase < 1000; phase += 20) {
    Table table;
    table_init(&table);
    for (unsigned ms = 0; ms < 20000; ms += 20) {
      run(&table, 20, (uint8_t[]){words(ms, 15), words(ms + phase, 45), SILENT, SILENT});
      if (ms > 1500) /* the soft one may have begun */
        g_assert_cmpint(table.dominant, ==, 0);
    }
    for (unsigned ms = 0; ms < 3000; ms += 20) /* his turn now */
      run(&table, 20, (uint8_t[]){SILENT, words(ms + phase, 45), SILENT, SILENT});
    g_assert_cmpint(table.dominant, ==, 1);
  }
}

/* Loud noises do not count as talking, however often. */
static void test_noises(void) {
  Table table;
  table_init(&table);
  run(&table, 2000, (uint8_t[]){45, SILENT, SILENT, SILENT});
  for (int i = 0; i < 20; i++) {
    run(&table, 60, (uint8_t[]){45, 15, SILENT, SILENT});
    run(&table, 840, (uint8_t[]){45, SILENT, SILENT, SILENT});
  }
  g_assert_cmpint(table.dominant, ==, 0);
  g_assert_cmpuint(table.changes, ==, 1);
}

static void test_packets_cease(void) {
  static const uint8_t voice[60] = {0x48, 0x80}; /* SILK, with voice */
  Speech speech;
  speech_init(&speech);
  int64_t now = 1000000;
  for (int i = 0; i < 100; i++, now += 20000) {
    speech_untold(&speech, voice, sizeof voice, now);
    speech_advance(&speech, now);
  }
  g_assert_true(speech.speaking);
  /* Its packets cease (discontinuous transmission): silent after the hang-over. */
  for (int i = 0; i < 70; i++, now += 20000)
    speech_advance(&speech, now);
  g_assert_false(speech.speaking);
  g_assert_cmpuint(speech_loudness(&speech), <, 20);
}

static void test_long_packets(void) {
  Speech speech;
  speech_init(&speech);
  int64_t now = 1000000;
  for (int i = 0; i < 100; i++, now += 20000) {
    if (i % 3 == 0) /* 60 ms in a packet */
      speech_level(&speech, VOICE, now);
    speech_advance(&speech, now);
  }
  SpeechScores scores = speech_scores(&speech);
  g_assert_cmpfloat(scores.longer, >, 100);
  speech_silence(&speech);
  g_assert_false(speech.speaking);
  g_assert_cmpfloat(speech_scores(&speech).longer, <, 1);
}

/* What packets show that tell no level. */
static void say(Speech *speech, unsigned ms, const uint8_t *payload, size_t len, int64_t *now_us) {
  for (unsigned at = 0; at < ms; at += 20) {
    *now_us += 20000;
    speech_untold(speech, payload, len, *now_us);
    speech_advance(speech, *now_us);
  }
}

static void test_guessed(void) {
  static const uint8_t celt[80] = {0xfc}, voice[60] = {0x48, 0x80}, pause[60] = {0x48, 0x00};
  Speech speech;
  int64_t now_us = 1000000;
  speech_init(&speech);
  say(&speech, 10000, celt, 80, &now_us); /* one size tells nothing */
  g_assert_cmpuint(speech_rank(&speech), ==, 0);
  say(&speech, 400, celt, 12, &now_us); /* a pause … */
  say(&speech, 400, celt, 80, &now_us); /* … and a voice */
  g_assert_cmpuint(speech_rank(&speech), ==, 1);
  say(&speech, 2000, celt, 12, &now_us);
  g_assert_cmpuint(speech_rank(&speech), ==, 0);
  /* The encoder's own detector, whatever the size. */
  say(&speech, 400, voice, 60, &now_us);
  g_assert_cmpuint(speech_rank(&speech), ==, 1);
  say(&speech, 2000, pause, 60, &now_us);
  g_assert_cmpuint(speech_rank(&speech), ==, 0);
  /* Discontinuous transmission. */
  say(&speech, 400, voice, 60, &now_us);
  say(&speech, 2000, voice, 1, &now_us);
  g_assert_cmpuint(speech_rank(&speech), ==, 0);
  /* Where levels are told the odd packet without one changes nothing. */
  for (unsigned at = 0; at < 1000; at += 40) {
    now_us += 20000;
    speech_level(&speech, VOICE, now_us);
    speech_advance(&speech, now_us);
    say(&speech, 20, pause, 60, &now_us);
  }
  g_assert_cmpuint(speech_rank(&speech), ==, 2);
}

/* Whoever is known to speak is louder than who only seems to; he is elected when nobody else is. */
static void test_guessed_gives_way(void) {
  static const uint8_t voice[60] = {0x48, 0x80};
  Speech guessed, faint;
  const Speech *both[] = {&guessed, &faint};
  int64_t now_us = 1000000;
  speech_init(&guessed);
  speech_init(&faint);
  for (unsigned at = 0; at < 2000; at += 20) {
    now_us += 20000;
    speech_untold(&guessed, voice, sizeof voice, now_us);
    speech_level(&faint, at < 200 ? 100 : 62, now_us); /* out of a quiet room */
    speech_advance(&guessed, now_us);
    speech_advance(&faint, now_us);
    if (at == 1000)
      g_assert_cmpint(speaker_elect(both, 1, -1, now_us), ==, 0);
  }
  g_assert_true(faint.speaking && faint.smooth < guessed.smooth);
  g_assert_cmpint(speaker_elect(both, 2, -1, now_us), ==, 1);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/speaker/silence", test_silence);
  g_test_add_func("/speaker/turns", test_turns);
  g_test_add_func("/speaker/interjection", test_interjection);
  g_test_add_func("/speaker/thresholds", test_thresholds);
  g_test_add_func("/speaker/faint", test_faint);
  g_test_add_func("/speaker/steady-noise", test_steady_noise);
  g_test_add_func("/speaker/hangover", test_hangover);
  g_test_add_func("/speaker/background", test_background);
  g_test_add_func("/speaker/noises", test_noises);
  g_test_add_func("/speaker/packets-cease", test_packets_cease);
  g_test_add_func("/speaker/long-packets", test_long_packets);
  g_test_add_func("/speaker/guessed", test_guessed);
  g_test_add_func("/speaker/guessed-gives-way", test_guessed_gives_way);
  return g_test_run();
}
