"""Laboratory messages to test with: whole ones, and ones with a single thing wrong."""

HEADER = "MSH|^~\\&|LIS|HOSP|ECMO|PROG|20260314083512-0500||ORU^R01^ORU_R01|M1|P|2.5.1"
PATIENT = "PID|1||MRN0012345^^^HOSP^MR||TESTPT^ALPHA^Q||19850712|F"
ORDER = "OBR|1|ORD1^CIS|C1^LIS|APTT^aPTT^L|||20260314081500-0500|||||||||||||||20260314083400-0500||COAG|F"
APTT = "14979-9^aPTT^LN^APTT^PTT^L"


def result(
    *, kind="NM", code=APTT, sub="", value="71.4", unit="s", status="F", at="20260314081500-0500"
):
    return f"OBX|1|{kind}|{code}|{sub}|{value}|{unit}^{unit}^UCUM|25-36|H|||{status}|||{at}"


def oru(*segments, header=HEADER, patient=PATIENT, order=ORDER, end="\r"):
    """A message with one order and these segments in it, by default one aPTT."""
    lines = [header, patient, order, *(segments or (result(),))]
    return end.join(line for line in lines if line) + end


def adt_a40(*, stays=PATIENT, goes="MRN0099999^^^HOSP^MR", control="A1", more=()):
    """The merge of two records, as the hospital's system sends it: PID stays, MRG goes."""
    header = HEADER.replace("ORU^R01^ORU_R01", "ADT^A40^ADT_A39").replace("|M1|", f"|{control}|")
    lines = [header, "EVN|A40|20260302110000+0000", stays, f"MRG|{goes}", *more]
    return "\r".join(lines) + "\r"
