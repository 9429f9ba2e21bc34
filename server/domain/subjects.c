#include "domain/subjects.h"

#include "domain/list.h"
#include "model/model.h"

static const Subject *const subjects[] = {
    &subject_person,
    &subject_org,
    &subject_post,
    NULL,
};

Model *subjects_model(void) {
  g_autofree char *why = NULL;
  Model *model = model_new(subjects, &why);
  if (!model)
    g_error("%s", why);
  return model;
}

void subjects_free(Model *model) {
  model_free(model);
}
