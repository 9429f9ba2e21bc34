#include "model/effect.h"

#include <glib.h>

void effect_clear(void *pointer) {
  Effect *effect = pointer;
  g_free(effect->meeting);
  g_free(effect->person);
  g_free(effect->name);
}
