#include "model/check.h"

#include <string.h>

#include "model/due.h"
#include "model/notice.h"
#include "model/right.h"
#include "model/take.h"
#include "model/undo.h"

static bool check_from(const Subject *subject, const Step *step, char **why) {
  g_auto(GStrv) names = g_strsplit(step->from, " ", -1);
  for (unsigned i = 0; names[i]; i++) {
    const State *state = model_state(subject, names[i]);
    if (!state)
      return model_fail(subject, why, "no such state", names[i]);
    if (state->flags & STATE_FINAL)
      return model_fail(subject, why, "a step leads out of a final state", names[i]);
  }
  return true;
}

static bool check_number(const Subject *subject, const Number *number, char **why) {
  const Field *field = field_find(subject->fields, number->field);
  bool fine = field && field->type == F_INT && !field->at && (field->flags & GIVEN) &&
              (field->flags & OPTIONAL);
  return fine || model_fail(subject, why, "a number wants an INT that is GIVEN and OPTIONAL",
                            number->field);
}

/* Whether the old values of what the step takes stand in its event, whole. */
static bool is_in_history(const Subject *subject, const char *shape) {
  for (const Field *field = subject->fields; field->name; field++)
    if (((field->flags & SECRET) || field->type == F_FILES || field->type == F_DICT) &&
        shape_has(shape, field->name, NULL))
      return false;
  return true;
}

/* ---- what is due, and who is told ---- */

/* Whoever is told that something is due, or overdue. */
static bool check_due(const Info *info, char **why) {
  const Subject *subject = info->subject;
  static const char *const told[] = {"due", "overdue"};
  for (unsigned i = 0; i < G_N_ELEMENTS(told); i++)
    if (info->due.name && !notice_kind(subject, told[i]))
      return model_fail(subject, why, "something is due, and there is no notice", told[i]);
  if (info->due.name && !sections_find(&info->sections, SECTION_PEOPLE, "due"))
    return model_fail(subject, why, "something is due, and no people are told", "due");
  return true;
}

static bool check_step_due(const Info *info, const Step *step, char **why) {
  const char *wrong = step->due ? due_wrong(step->due) : NULL;
  g_autoptr(GPtrArray) codes = due_codes(info->subject);
  g_auto(GStrv) acts = g_strsplit(step->due ? step->due : "", " ", -1);
  if (wrong)
    return model_fail(info->subject, why, wrong, step->due);
  for (unsigned i = 0; acts[i]; i++)
    if (!g_ptr_array_find_with_equal_func(codes, acts[i] + 1, g_str_equal, NULL))
      return model_fail(info->subject, why, "no step begins the limit", acts[i] + 1);
  return true;
}

static bool check_step_notice(const Info *info, const Step *step, char **why) {
  g_auto(GStrv) told = g_strsplit(step->notice ? step->notice : "", " ", -1);
  for (unsigned i = 0; told[i]; i++) {
    g_auto(GStrv) pair = g_strsplit(told[i], ">", 2);
    if (!pair[0] || !pair[1] || !notice_kind(info->subject, pair[0]) ||
        !sections_find(&info->sections, SECTION_PEOPLE, pair[1]))
      return model_fail(info->subject, why, "no such notice, or no such people", told[i]);
  }
  return true;
}

/* In a final state all that is due has been done (due.h), which cannot be taken back. */
static bool ends_limits(const Info *info, const Step *step) {
  return info->due.name && (model_state(info->subject, step->to)->flags & STATE_FINAL);
}

/* What is taken back has to be known whole: from the history, and by a function of the subject's
 * for what an effect wrote elsewhere. A number stays taken. */
static bool check_undo(const Info *info, const Step *step, char **why) {
  const Subject *subject = info->subject;
  if (step->undo_s == 0)
    return !step->undo || model_fail(subject, why, "it can never be taken back", step->verb);
  if (*step->from == 0 || step->number || step->due || step->notice ||
      !is_in_history(subject, step->in) || ends_limits(info, step) ||
      sections_find(&info->sections, SECTION_RUN, step->verb))
    return model_fail(subject, why, "it cannot be taken back", step->verb);
  return !step->effect == !step->undo ||
         model_fail(subject, why, "its effect is not taken back", step->verb);
}

/* Who does it to many says it once for all: whichever state a row is in, it takes the same. */
static bool check_bulk(const Subject *subject, const Step *step, char **why) {
  for (const Step *other = subject->steps; (step->flags & BULK) && other->verb; other++)
    if (strcmp(other->verb, step->verb) == 0 &&
        (!(other->flags & BULK) || g_strcmp0(other->in, step->in) != 0 ||
         ((other->flags ^ step->flags) & MAY_TELL_NOBODY)))
      return model_fail(subject, why, "for many, the steps of one verb take different things",
                        step->verb);
  return true;
}

/* Whoever makes a row sends it to those who are to do something about it. What the kernel says of a
 * step and what its body says are told apart by their names. */
static bool check_quiet(const Subject *subject, const Step *step, char **why) {
  if (!(step->flags & MAY_TELL_NOBODY))
    return true;
  if (*step->from == 0 || (!step->notice && !(step->effect && subject->notices)))
    return model_fail(subject, why, "nobody is told of it", step->verb);
  return (!field_find(subject->fields, TELL_NOBODY) && !field_find(subject->fields, TOLD_NOBODY)) ||
         model_fail(subject, why, "the kernel's own name", TELL_NOBODY);
}

static bool check_extras(const Info *info, const Step *step, char **why) {
  const Subject *subject = info->subject;
  if (strcmp(step->verb, UNDO_VERB) == 0)
    return model_fail(subject, why, "the kernel's own verb", UNDO_VERB);
  if (step->blocked_by && !sections_find(&info->sections, SECTION_ROWS, step->blocked_by))
    return model_fail(subject, why, "no such rows", step->blocked_by);
  return (!step->number || check_number(subject, step->number, why)) &&
         check_step_due(info, step, why) && check_step_notice(info, step, why) &&
         check_quiet(subject, step, why) && check_bulk(subject, step, why) &&
         check_undo(info, step, why);
}

static bool check_step(Info *info, const Step *step, char **why) {
  const Subject *subject = info->subject;
  bool makes = *step->from == 0;
  if (!check_given(info, step->verb, why) || (!makes && !check_from(subject, step, why)) ||
      !check_shape(subject, step->in, makes ? GIVEN : GIVEN | ONCE, why))
    return false;
  const State *to = model_state(subject, step->to);
  if (!to)
    return model_fail(subject, why, "no such state", step->to);
  if (makes && info->published && !to->shown)
    return model_fail(subject, why, "a row begins in a state that shows nothing", step->to);
  if (!check_extras(info, step, why))
    return false;
  if (makes)
    return true;
  info->acts |= verb_bit(info, step->verb);
  info->steps |= verb_bit(info, step->verb);
  if (step->flags & DECIDES)
    info->decides |= verb_bit(info, step->verb);
  return true;
}

/* What is shown is a state itself, and somebody works with what is not. */
static bool check_shown(const Info *info, char **why) {
  const Subject *subject = info->subject;
  for (const State *state = subject->states; state && state->name; state++)
    if (state->shown && !model_state(subject, state->shown))
      return model_fail(subject, why, "no such state to be shown", state->shown);
  return !info->published || info->work >= 0 ||
         model_fail(subject, why, "nobody was given the verb", "work");
}

/* Each state is where some step leads. */
static bool check_reached(const Subject *subject, char **why) {
  for (const State *state = subject->states; state->name; state++) {
    const Step *step = subject->steps;
    while (step->verb && strcmp(step->to, state->name) != 0)
      step++;
    if (!step->verb)
      return model_fail(subject, why, "no step leads to the state", state->name);
  }
  return true;
}

/* Who acts for another (behalf.h) is no more to decide on his own than on the other's; nor is he
 * ever, for himself or for whom else, on what he made for another: its maker is that other. */
static void add_deputy_party(Info *info) {
  GString *text = g_string_new(sections_find(&info->sections, SECTION_SCOPE, "party"));
  g_string_replace(text, "@me", "@deputy", 0);
  g_string_prepend(text, "(@deputy is not null and (");
  g_string_append_printf(text,
                         "\n)) or exists (select 1 from case_event made where made.subject = '%s'"
                         " and made.id = %c.\"%s\" and made.seq = 1 and made.from_state is null"
                         " and made.on_behalf is not null and made.actor in (@me, @deputy))",
                         info->subject->name, info->alias, info->key);
  Section section = {SECTION_SCOPE, g_strdup(DEPUTY_PARTY), g_string_free(text, FALSE)};
  g_array_append_val(info->sections.items, section);
  info->deputy_party = (int)model_bit_of(info->scopes, DEPUTY_PARTY);
}

bool check_steps(Info *info, char **why) {
  const Subject *subject = info->subject;
  if (!subject->states != !subject->steps)
    return model_fail(subject, why, "states without steps, or steps without states",
                      subject->table);
  if (!check_shown(info, why) || !check_due(info, why))
    return false;
  for (const Step *step = subject->steps; step && step->verb; step++)
    if (!check_step(info, step, why))
      return false;
  if (info->decides && !sections_find(&info->sections, SECTION_SCOPE, "party"))
    return model_fail(subject, why, "a step decides, and nobody is said to be a", "party");
  if (info->decides) {
    info->party = (int)model_bit_of(info->scopes, "party");
    add_deputy_party(info);
  }
  return !subject->steps || check_reached(subject, why);
}
