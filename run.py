#!/usr/bin/env python3
"""Skincare AI: the one command.

    python3 run.py                        start the product; prints its address, Ctrl-C stops it
    python3 run.py demo                   the same with invented people, beside the real database
    python3 run.py test                   install what the tests need, and run them all
    python3 run.py test tests/core -x     … or some of them: what follows goes to pytest
    python3 run.py score FACE.jpg FOLDER --out scores.jsonl
                                          score photos without database or web
                                          (--out FILE.jsonl|.csv, --maps FOLDER, --workers N)
    python3 run.py grant EMAIL ROLE       make somebody dermatologist, analyst, admin or user
    python3 run.py reset-second-factor EMAIL
                                          for staff who lost phone and recovery codes
    python3 run.py evaluate               what the scores are worth: the model card's figures anew
                                          (or --photos FOLDER --labels CSV --target COLUMN: how
                                          they agree with your own labels; --help says more)
    python3 run.py rescore                score stored photos again after the model was replaced;
                                          old results stay (--no-wait to queue and end)
    python3 run.py recalibrate            fit the scores to dermatologists' blind grades and propose
                                          the result, which an administrator may accept on a page
    python3 run.py export-gradings FOLDER what dermatologists graded and drew, as a dataset with its
                                          ledger of consents (--photos takes the photos along)
    python3 run.py export-analytics FOLDER
                                          skin metrics by person and week, de-identified, of people
                                          who agreed to statistics, as Parquet
    python3 run.py check-analytics        whether the statistics kept by day are what the checks say
    python3 run.py backup DEST            database, photos and keys of this moment, encrypted, to a
                                          folder of backups (--keep N; --make-key FILE at first)
    python3 run.py restore SRC --key FILE the newest backup, or --backup NAME, in the place of what
                                          is lost; who was erased since stays erased
    python3 run.py verify-audit [HEAD]    whether the record of who saw and did what is untouched
    python3 run.py rotate-keys            a new master key; every person's key is wrapped with it,
                                          photos stay as they are (--retire: remove older ones)
    python3 run.py audit-dependencies     known vulnerabilities of every pinned library; fails, too,
                                          where it could not look
    python3 run.py train                  train the model anew (hours; --help says more)
    python3 run.py --help                 this text

The first call sets up a Python environment in .venv (one to five minutes). Nothing is installed
outside of this folder. The product keeps its database, photos, keys and logs in the folder var.

Settings come from environment variables or the file .env; .env.example explains each:
    SKINCARE_PORT=9000 python3 run.py                  another port (a taken one is replaced)
    SKINCARE_VAR=/srv/skincare python3 run.py          another folder
    DATABASE_URL=postgresql://user:password@host/name python3 run.py
                                                       a PostgreSQL server of your own
"""

# Standard library only, and readable by old Pythons, until the environment stands.
from __future__ import annotations

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120

OLDEST, BELOW = (3, 11), (3, 14)


def main(arguments: list[str]) -> int:
    command, rest = (arguments[0], arguments[1:]) if arguments else ("start", [])
    if command in ("-h", "--help", "help"):
        print(__doc__.strip())
        return 0
    if command not in COMMANDS:
        print(
            f"There is no command {command!r}. python3 run.py --help lists them.", file=sys.stderr
        )
        return 2
    if not OLDEST <= sys.version_info[:2] < BELOW:
        return with_another_python()

    from core import environment

    try:
        environment.enter(
            environment.DEVELOPMENT if command in ("test", "train") else environment.PRODUCT
        )
    except environment.CannotInstall as missing:
        print(missing, file=sys.stderr)
        return 1

    # From here on everything in requirements.txt can be imported.
    from core.errors import SkincareError

    try:
        return COMMANDS[command](rest)
    except SkincareError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def with_another_python() -> int:
    """Too old or too new: go on with one that fits, or say what to install."""
    import platform
    import shutil

    from core.environment import become, runs

    for name in ("python3.13", "python3.12", "python3.11"):
        found = shutil.which(name)
        if found and runs(found):  # a version manager's entry may lead nowhere
            become([found, *sys.argv])
    print(
        f"Skincare AI needs Python 3.11, 3.12 or 3.13; this is {platform.python_version()}. "
        "Install one of them, for example from https://www.python.org/downloads/, and run this "
        "again with it.",
        file=sys.stderr,
    )
    return 1


def start(arguments: list[str]) -> int:
    refuse(arguments)
    from core.launch import run_product
    from core.settings import settings
    from data.migrate import upgrade

    return run_product(upgrade, server_folder=settings().var / "pg")


def demo(arguments: list[str]) -> int:
    refuse(arguments)
    from core.launch import run_product, say
    from core.postgres_databases import OwnServer
    from core.postgres_programs import database_name
    from core.settings import demonstration_url, for_demonstration
    from data.database import transaction
    from data.migrate import upgrade
    from pipeline.demo import fill

    def prepare() -> None:
        upgrade()
        say("Filling the demonstration …")
        for line in fill(transaction):
            say(line)

    real = for_demonstration()
    if real.database_url is not None:
        url = real.database_url.get_secret_value()
        OwnServer(url).create_database(database_name(demonstration_url(url)))
    return run_product(prepare, server_folder=real.var / "pg", name="demo")


def grant(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print("python3 run.py grant EMAIL ROLE", file=sys.stderr)
        return 2
    from core.launch import database
    from core.settings import settings
    from data.database import transaction
    from data.migrate import upgrade
    from pipeline import accounts

    email, role = arguments
    with database(settings().var / "pg"):
        upgrade()
        with transaction() as session:
            accounts.grant(session, email=email, role=role)
    print(f"{email} is now {role}.")
    return 0


def reset_second_factor(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("python3 run.py reset-second-factor EMAIL", file=sys.stderr)
        return 2
    from core.launch import database
    from core.settings import settings
    from data.database import transaction
    from data.migrate import upgrade
    from pipeline import accounts

    with database(settings().var / "pg"):
        upgrade()
        with transaction() as session:
            accounts.reset_second_factor(session, email=arguments[0])
    print(f"{arguments[0]} sets up a second factor at the next sign-in.")
    return 0


def score(arguments: list[str]) -> int:
    from pipeline.score_files import main as score_files

    return score_files(arguments)


def evaluate(arguments: list[str]) -> int:
    from evaluation.command import main as evaluate_model

    return evaluate_model(arguments)


def rescore(arguments: list[str]) -> int:
    from core.launch import database
    from core.settings import settings
    from data.migrate import upgrade
    from pipeline import rescore as again

    options = again.options(arguments)
    with database(settings().var / "pg"):
        upgrade()
        return again.run(wait=not options.no_wait)


def recalibrate(arguments: list[str]) -> int:
    from core.launch import database
    from core.settings import settings
    from data.migrate import upgrade
    from pipeline import recalibrate as by_grades

    by_grades.options(arguments)
    with database(settings().var / "pg"):
        upgrade()
        return by_grades.run()


def export_gradings(arguments: list[str]) -> int:
    from core.launch import database
    from core.settings import settings
    from data.migrate import upgrade
    from pipeline import grading_export

    options = grading_export.options(arguments)
    with database(settings().var / "pg"):
        upgrade()
        return grading_export.run(options.folder, with_photos=options.photos)


def export_analytics(arguments: list[str]) -> int:
    from core.launch import database
    from core.settings import settings
    from data.migrate import upgrade
    from pipeline.analytics import export

    options = export.options(arguments)
    with database(settings().var / "pg"):
        upgrade()
        return export.run(options.folder)


def check_analytics(arguments: list[str]) -> int:
    refuse(arguments)
    from core.launch import database
    from core.settings import settings
    from data.migrate import upgrade
    from pipeline.analytics import check

    with database(settings().var / "pg"):
        upgrade()
        return check.run()


def verify_audit(arguments: list[str]) -> int:
    if len(arguments) > 1:
        print("python3 run.py verify-audit [HEAD]", file=sys.stderr)
        return 2
    from core.launch import database
    from core.settings import settings
    from data.migrate import upgrade
    from pipeline import verify_audit as verifier

    with database(settings().var / "pg"):
        upgrade()
        return verifier.run(arguments[0] if arguments else None)


def rotate_keys(arguments: list[str]) -> int:
    from core.launch import database
    from core.settings import settings
    from data.migrate import upgrade
    from pipeline import rotate_keys as rotation

    options = rotation.options(arguments)
    with database(settings().var / "pg"):
        upgrade()
        return rotation.run(retire=options.retire)


def backup(arguments: list[str]) -> int:
    from core.launch import database
    from core.settings import settings
    from pipeline.backup import make

    options = make.options(arguments)
    if options.make_key is not None:
        return make.make_key(options.make_key)
    with database(settings().var / "pg"):  # no migration: an older version's can be copied, too
        return make.run(options.folder, keep=options.keep)


def restore(arguments: list[str]) -> int:
    from pipeline.backup import restore as restoration

    options = restoration.options(arguments)
    return restoration.run(
        options.folder, key=options.key, name=options.backup, replace=options.replace
    )


def audit_dependencies(arguments: list[str]) -> int:
    from core import dependency_audit

    return dependency_audit.run(dependency_audit.options(arguments).service)


def train(arguments: list[str]) -> int:
    from models.train import main as train_model

    return train_model(arguments)


def test(arguments: list[str]) -> int:
    """All tests, the quick ones first; or pytest with the arguments given."""
    from core import chromium

    program = chromium.find() or chromium.install()
    if program is None:
        print(chromium.HOW_TO_GET_IT, file=sys.stderr)
    else:
        os.environ["CHROMIUM"] = program
    pytest = [sys.executable, "-m", "pytest"]
    if arguments:
        return subprocess.call([*pytest, *arguments])
    side_by_side = ["-n", str(min(4, os.cpu_count() or 1))]
    quick = ["-m", "not (slow or browser or alone)", *side_by_side]
    # A file's tests stay together: they share the product that they have started.
    slow = ["-m", "(slow or browser) and not alone", *side_by_side, "--dist", "loadfile"]
    # Two at a time: they mostly wait, and each has processes and a database of its own.
    alone = ["-m", "alone", *side_by_side, "--dist", "worksteal"]
    failed = [
        part
        for part in (quick, slow, alone)
        if subprocess.call([*pytest, *part, "--durations=10", "--durations-min=5"])
    ]
    return 1 if failed else 0


def refuse(arguments: list[str]) -> None:
    """Commands without arguments take none: a mistyped one shall not pass unseen."""
    if arguments:
        said = " ".join(arguments)
        print(f"Not understood: {said}. See python3 run.py --help", file=sys.stderr)
        sys.exit(2)


COMMANDS = {
    "start": start,
    "demo": demo,
    "test": test,
    "score": score,
    "grant": grant,
    "reset-second-factor": reset_second_factor,
    "evaluate": evaluate,
    "rescore": rescore,
    "recalibrate": recalibrate,
    "export-gradings": export_gradings,
    "export-analytics": export_analytics,
    "check-analytics": check_analytics,
    "verify-audit": verify_audit,
    "backup": backup,
    "restore": restore,
    "rotate-keys": rotate_keys,
    "audit-dependencies": audit_dependencies,
    "train": train,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
