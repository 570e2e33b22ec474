"""Who may do what. Roles and permissions are code: reviewed, tested, and never edited by hand."""

from enum import StrEnum, auto

from django.db import models


class Permission(StrEnum):
    """One thing that a role may allow."""

    PATIENT_VIEW = auto()
    PATIENT_EDIT = auto()
    REFERRAL_RECORD = auto()
    REFERRAL_TRIAGE = auto()
    REFERRAL_DECIDE = auto()
    RUN_START = auto()
    RUN_EDIT = auto()
    CHECK_RECORD = auto()
    CHECKLIST_ANSWER = auto()
    STANDBY_KEEP = auto()
    CHECK_AMEND = auto()
    COMPONENT_EXCHANGE = auto()
    INCIDENT_RECORD = auto()
    PEER_REVIEW = auto()
    LIMIT_SET = auto()
    LAB_RECORD = auto()
    INFUSION_CHANGE = auto()
    PLAN_SET = auto()
    CARE_PLAN_SET = auto()
    ALERT_ACKNOWLEDGE = auto()
    CATALOGUE_VIEW = auto()
    CATALOGUE_EDIT = auto()
    SITE_DATA_DRAFT = auto()
    SITE_DATA_APPROVE = auto()
    ROSTER_VIEW = auto()
    ROSTER_EDIT = auto()
    REPORT_VIEW = auto()
    REPORT_PRODUCE = auto()
    REPORT_SIGN_OFF = auto()
    REGISTRY_EXPORT = auto()
    CODES_IMPORT = auto()
    AUDIT_VIEW = auto()
    HL7_SEND = auto()
    HL7_WORK = auto()
    USER_ADMIN = auto()
    SYSTEM_ADMIN = auto()


class Role(models.TextChoices):
    """A job in a centre or a unit."""

    NURSE = "nurse", "Bedside nurse"
    SPECIALIST = "specialist", "ECMO specialist"
    TRAINEE = "trainee", "Trainee specialist (co-signed)"
    PERFUSIONIST = "perfusionist", "Perfusionist"
    PHYSICIAN = "physician", "Physician"
    PHARMACIST = "pharmacist", "Pharmacist"
    COORDINATOR = "coordinator", "ECMO coordinator"
    EQUIPMENT = "equipment", "Equipment and biomedical engineering"
    REGISTRY = "registry", "Registry manager"
    DIRECTOR = "director", "Programme director"
    OBSERVER = "observer", "Observer"
    ADMINISTRATOR = "administrator", "System administrator"
    INTERFACE = "interface", "Laboratory interface (machine)"


P = Permission

_READ = {P.PATIENT_VIEW, P.CATALOGUE_VIEW, P.ROSTER_VIEW}
_BEDSIDE = _READ | {
    P.REFERRAL_RECORD,
    P.CHECK_RECORD,
    P.CHECKLIST_ANSWER,
    P.CHECK_AMEND,
    P.LAB_RECORD,
    P.INFUSION_CHANGE,
    P.ALERT_ACKNOWLEDGE,
    P.INCIDENT_RECORD,
}
_SPECIALIST = _BEDSIDE | {
    P.REFERRAL_TRIAGE,
    P.RUN_START,
    P.RUN_EDIT,
    P.COMPONENT_EXCHANGE,
    P.PATIENT_EDIT,
    P.STANDBY_KEEP,
}
_LEAD = _SPECIALIST | {
    P.REFERRAL_DECIDE,
    P.LIMIT_SET,
    P.PLAN_SET,
    P.CARE_PLAN_SET,
    P.CATALOGUE_EDIT,
    P.SITE_DATA_DRAFT,
    P.ROSTER_EDIT,
    P.REPORT_VIEW,
    P.REPORT_PRODUCE,
    P.REGISTRY_EXPORT,
    P.CODES_IMPORT,
    P.AUDIT_VIEW,
    P.HL7_WORK,
    P.PEER_REVIEW,
}

ROLES: dict[Role, frozenset[Permission]] = {
    Role.NURSE: frozenset(_BEDSIDE),
    Role.SPECIALIST: frozenset(_SPECIALIST),
    Role.TRAINEE: frozenset(_BEDSIDE),
    Role.PERFUSIONIST: frozenset(_SPECIALIST | {P.CATALOGUE_EDIT}),
    Role.PHYSICIAN: frozenset(
        _SPECIALIST | {P.REFERRAL_DECIDE, P.LIMIT_SET, P.PLAN_SET, P.CARE_PLAN_SET}
    ),
    Role.PHARMACIST: frozenset(_READ | {P.PLAN_SET, P.ALERT_ACKNOWLEDGE}),
    Role.COORDINATOR: frozenset(_LEAD),
    Role.EQUIPMENT: frozenset(
        {
            P.CATALOGUE_VIEW,
            P.CATALOGUE_EDIT,
            P.CHECKLIST_ANSWER,
            P.STANDBY_KEEP,
            P.INCIDENT_RECORD,
        }
    ),
    Role.REGISTRY: frozenset(
        _READ | {P.REPORT_VIEW, P.REPORT_PRODUCE, P.REGISTRY_EXPORT, P.CODES_IMPORT, P.HL7_WORK}
    ),
    Role.DIRECTOR: frozenset(_LEAD | {P.SITE_DATA_APPROVE, P.REPORT_SIGN_OFF, P.USER_ADMIN}),
    Role.OBSERVER: frozenset({P.PATIENT_VIEW, P.ROSTER_VIEW}),
    Role.ADMINISTRATOR: frozenset({P.USER_ADMIN, P.SYSTEM_ADMIN, P.AUDIT_VIEW, P.CODES_IMPORT}),
    Role.INTERFACE: frozenset({P.HL7_SEND}),
}


def roles_with(permission: Permission) -> list[Role]:
    """Return the roles that hold `permission`."""
    return [role for role, held in ROLES.items() if permission in held]
