from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("patients", "0002_complication_time_may_be_unknown")]

    operations = [
        migrations.RemoveConstraint(
            model_name='diagnosis',
            name='patients_diagnosis_one_primary_per_run',
        ),
    ]
