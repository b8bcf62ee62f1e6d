"""Calls every method of the official Python SDK that our contract has an operation for, against a server."""

import datetime
import inspect
import json
import os
import re
import sys
import time
import uuid
import warnings

import svix
from svix.api import Svix, SvixOptions
from svix.exceptions import HttpError

HOST = os.environ["HOST"]
KEY = os.environ["BEARER_TOKEN"]
URL = "https://example.invalid/hook"
EVENT_TYPE = "order.sold"
SINCE = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)).isoformat()
UNTIL = datetime.datetime.now(datetime.timezone.utc).isoformat()

# What is sent, by the class of the SDK that holds it. Bodies of operations to come are here, too.
BODIES = {
    "AppPortalAccessIn": {},
    "AppUsageStatsIn": {"since": SINCE, "until": UNTIL},
    "ApplicationIn": {"name": "Another"},
    "ApplicationPatch": {"name": "Renamed"},
    "ApplicationTokenExpireIn": {},
    "BulkExpungeContentsIn": {"ids": ["nothing"]},
    "BulkReplayIn": {"since": SINCE},
    "EndpointHeadersIn": {"headers": {"x-a": "1"}},
    "EndpointHeadersPatchIn": {"headers": {"x-a": "1"}},
    "EndpointIn": {"url": URL},
    "EndpointPatch": {"description": "x"},
    "EndpointSecretRotateIn": {},
    "EndpointUpdate": {"url": URL},
    "EndpointUpsertIn": {"url": URL},
    "EnvironmentIn": {"eventTypes": [{"name": "a", "description": "x"}]},
    "EventExampleIn": {"eventType": "svix.ping"},
    "EventTypeImportOpenApiIn": {"specRaw": "webhooks: { a: { post: {} } }"},
    "EventTypeIn": {"name": f"order.{uuid.uuid4()}", "description": "New"},
    "EventTypePatch": {"description": "x"},
    "EventTypeUpdate": {"description": "x"},
    "EventTypeUpsertIn": {"description": "x"},
    "MessageIn": {"eventType": "a", "payload": {"n": 1}},
    "MessagePrecheckIn": {"eventType": "a"},
    "OperationalWebhookEndpointHeadersIn": {"headers": {"x-a": "1"}},
    "OperationalWebhookEndpointIn": {"url": URL},
    "OperationalWebhookEndpointSecretIn": {},
    "OperationalWebhookEndpointUpdate": {"url": URL},
    "OperationalWebhookEndpointUpsertIn": {"url": URL},
    "RecoverIn": {"since": SINCE},
    "ReplayIn": {"since": SINCE},
}


def client(token=KEY):
    return Svix(token, SvixOptions(server_url=HOST, retry_schedule=[]))


def operations():
    """Method and path of each operation of the contract, without the names of parameters."""
    with open("packages/contract/openapi.json", encoding="utf-8") as file:
        paths = json.load(file)["paths"]
    return {(method, shape(path)) for path, item in paths.items() for method in item}


def shape(path):
    return re.sub(r"\{\w+\}", "{}", path).rstrip("/")


def resources(api, name=""):
    """The SDK's resources with those in them, by the name under which they are reached."""
    for key, member in inspect.getmembers(type(api), lambda one: isinstance(one, property)):
        resource = getattr(api, key)
        path = f"{name}.{key}".lstrip(".")
        yield path, resource
        yield from resources(resource, path)


def methods(api):
    """Name, function, and method and path of every call that the SDK can make."""
    for name, resource in resources(api):
        for key, function in inspect.getmembers(resource, inspect.ismethod):
            if key.startswith("_"):
                continue
            source = inspect.getsource(function)
            call = re.search(r'method="(\w+)",\s*path="([^"]+)"', source)
            if call:
                yield f"{name}.{key}", function, (call[1], shape(call[2]))


def body(annotation):
    """The body of this class; None where the parameter is none."""
    name = getattr(annotation, "__name__", "")
    if not hasattr(annotation, "model_validate"):
        return None
    assert name in BODIES, f"say in BODIES what a {name} is"
    return annotation.model_validate(BODIES[name])


def stage(api):
    """An application with all that calls name."""
    app = api.application.create(model("ApplicationIn", {"name": "Acme"}))
    # An address that answers 404: a failed attempt is one, too.
    endpoint = api.endpoint.create(app.id, model("EndpointIn", {"url": f"{HOST}/nothing"}))
    message = api.message.create(app.id, model("MessageIn"))
    attempts = []
    until = time.monotonic() + 20
    while not attempts:
        assert time.monotonic() < until, "no attempt was recorded"
        attempts = api.message_attempt.list_by_msg(app.id, message.id).data
        time.sleep(0.02)
    return {
        "app_id": app.id,
        "endpoint_id": endpoint.id,
        "msg_id": message.id,
        "attempt_id": attempts[0].id,
        "event_type_name": EVENT_TYPE,
    }


def model(name, value=None):
    return getattr(svix.models, name).model_validate(BODIES[name] if value is None else value)


def argument(api, values, operation, name):
    """What the parameter of a path is."""
    if name == "endpoint_id" and "operational-webhook" in operation[1]:
        return api.operational_webhook.endpoint.create(model("OperationalWebhookEndpointIn")).id
    if name == "task_id":
        return api.endpoint.recover(values["app_id"], values["endpoint_id"], model("RecoverIn")).id
    return values[name]


def call(api, function, operation):
    values = stage(api)
    arguments = []
    for name, parameter in inspect.signature(function).parameters.items():
        given = body(parameter.annotation)
        if given is not None:
            arguments.append(given)
        elif parameter.default is inspect.Parameter.empty:
            arguments.append(argument(api, values, operation, name))
        else:
            break
    try:
        api.event_type.create(model("EventTypeIn", {"name": EVENT_TYPE, "description": "Sold"}))
    except HttpError as error:
        assert error.status_code == 409, error.to_dict()
    function(*arguments)


def check_logout(api):
    """Environment keys cannot log out."""
    app = api.application.create(model("ApplicationIn", {"name": "Acme"}))
    token = api.authentication.app_portal_access(app.id, model("AppPortalAccessIn")).token
    client(token).authentication.logout()
    try:
        client(token).application.get(app.id)
    except HttpError as error:
        assert error.status_code == 401, error.to_dict()
    else:
        raise AssertionError("the token lives on")


def main():
    # Deprecated methods have to work as well.
    warnings.simplefilter("ignore", DeprecationWarning)
    api = client()
    known = operations()
    mine = [one for one in methods(api) if one[2] in known]
    assert len(mine) > 40, f"only {len(mine)} methods were found: is the SDK built in another way now?"
    failures = []
    for name, function, operation in mine:
        try:
            if name == "authentication.logout":
                check_logout(api)
            else:
                call(api, function, operation)
        except Exception as error:  # every kind of failure is one of this method
            detail = error.to_dict() if hasattr(error, "to_dict") else error
            failures.append(f"{name} ({operation[0].upper()} {operation[1]}): {type(error).__name__}: {detail}")
    for failure in failures:
        print(failure, file=sys.stderr)
    if failures:
        sys.exit(1)
    print(f"svix {svix.__version__} for Python: all {len(mine)} methods that are ours work")


if __name__ == "__main__":
    main()
