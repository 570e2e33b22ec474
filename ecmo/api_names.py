"""Names of the choices in the description of the API, where two fields share a name."""

CHOICES = {
    "CheckKindEnum": "circuits.models.CheckKind",
    "CannulaSiteEnum": "patients.models.CannulaSite",
    "ComponentKindEnum": "circuits.models.ComponentKind",
    "ConsoleRecordKindEnum": "circuits.models.RecordKind",
    "ConsoleRecordVerdictEnum": "circuits.models.Verdict",
    "WaterVerdictEnum": "circuits.models.WaterVerdict",
    "CultureSiteEnum": "patients.models.CultureSite",
    "PartFateEnum": "circuits.models.Fate",
    "RecallFateEnum": "circuits.models.RecallFate",
    "RemovalReasonEnum": "circuits.models.RemovalReason",
    "InfusionChangeKindEnum": "labs.models.ChangeKind",
    "ReportKindEnum": "reports.models.ReportKind",
    "ChangeUrgencyEnum": "circuits.models.change.URGENCIES",
    "WeaningVerdictEnum": "patients.models.WeaningVerdict",
    "WeightBasisEnum": "patients.models.WeightBasis",
    "WeaningKindEnum": "patients.models.WeaningKind",
    "LegKindEnum": "patients.models.LegKind",
}
