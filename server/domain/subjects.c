#include "domain/subjects.h"

#include "domain/list.h"
#include "domain/recording/joined.h"
#include "model/keys.h"

/* A line each. */
/* clang-format off */
static const Subject *const subjects[] = {
    &subject_person,
    &subject_org,
    &subject_post,
    &subject_audit,
    &subject_meeting,
    &subject_invitation,
    &subject_attendance,
    &subject_recording,
    &subject_event,
    &subject_chat,
    &subject_role_holder,
    &subject_dict_item,
    &subject_term,
    &subject_term_session,
    &subject_calendar_year,
    &subject_notice,
    &subject_inbox,
    &subject_delivery,
    &subject_push_device,
    &subject_setting,
    &subject_job,
    &subject_session,
    &subject_login_failure,
    &subject_saved_view,
    &subject_integration,
    &subject_paper_template,
    &subject_absence,
    &subject_deadline_rule,
    &subject_member_profile,
    &subject_change_request,
    &subject_import_plan,
    &subject_import_row,
    &subject_member_change,
    &subject_term_file,
    &subject_person_merge,
    &subject_delegation,
    NULL,
};
/* clang-format on */

/* Not as Subject.extend, for which a list looks for its page first and sorts that: recordings are
 * walked in the order of an index, so that no more are joined than the page has. */
Model *subjects_model(void) {
  g_autofree char *why = NULL;
  recording_joined_register();
  Model *model = model_new(subjects, &why);
  for (unsigned i = 0; model && i < model_count(model) && !why; i++)
    keys_check(model, model_info(model, i), &why); /* here none is without its words */
  if (why)
    g_error("%s", why);
  return model;
}

void subjects_free(Model *model) {
  model_free(model);
}
