/* The subjects, for their own files and for subjects.c: adding one is its folder, a line here, one
 * there and its name in meson.build. The order is that in which they may use each other. */
#pragma once

#include "model/subject.h"

extern const Subject subject_person;
extern const Subject subject_org;
extern const Subject subject_term;
extern const Subject subject_term_session;
extern const Subject subject_post;
extern const Subject subject_audit;
extern const Subject subject_meeting;
extern const Subject subject_invitation;
extern const Subject subject_attendance;
extern const Subject subject_recording;
extern const Subject subject_event;
extern const Subject subject_chat;
extern const Subject subject_role_holder;
extern const Subject subject_dict_item;
extern const Subject subject_calendar_year;
extern const Subject subject_notice;
extern const Subject subject_inbox;
extern const Subject subject_delivery;
extern const Subject subject_push_device;
extern const Subject subject_setting;
extern const Subject subject_job;
extern const Subject subject_login_failure;
extern const Subject subject_saved_view;
extern const Subject subject_session;
extern const Subject subject_integration;
extern const Subject subject_paper_template;
extern const Subject subject_absence;
extern const Subject subject_deadline_rule;
extern const Subject subject_member_profile;
extern const Subject subject_change_request;
extern const Subject subject_import_plan;
extern const Subject subject_import_row;
extern const Subject subject_member_change;
extern const Subject subject_term_file;
extern const Subject subject_person_merge;
extern const Subject subject_delegation;
