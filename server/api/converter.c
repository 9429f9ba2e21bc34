#include "api/converter.h"

#include <glib.h>

#include "sandbox/sandbox.h"

bool converter_is_there(const Config *config) {
  return *config->pdf_converter && sandbox_can_hold_program() &&
         g_file_test(config->pdf_converter, G_FILE_TEST_IS_EXECUTABLE);
}
