"""Runs the samples of docs/AuthenticationApi.md as printed, with host, token and application id put in."""

import base64
import contextlib
import io
import json
import os
import re
import sys
import urllib.error
import urllib.request

import openapi_client
from openapi_client.models.app_portal_access_in import AppPortalAccessIn
from openapi_client.models.application_token_expire_in import ApplicationTokenExpireIn
from openapi_client.models.http_error_out import HttpErrorOut
from openapi_client.models.http_validation_error import HTTPValidationError
from openapi_client.rest import ApiException

HOST = os.environ["HOST"]
KEY = os.environ["BEARER_TOKEN"]


def call(method, path, token=None, body=None):
    """Status and body of a plain call."""
    request = urllib.request.Request(HOST + path, method=method)
    if token:
        request.add_header("authorization", "Bearer " + token)
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(request, data) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def alive(token):
    return call("GET", "/api/v1/auth/whoami/", token)[0] == 200


def samples(page):
    """The page's samples by the operation that they call."""
    blocks = re.findall(r"```python\n(.*?)```", page, re.S)
    names = ["expire_all", "get_app_portal_access", "get_dashboard_access", "logout"]
    assert len(blocks) == 4, len(blocks)
    return dict(zip(names, blocks))


def run(sample, token, app):
    """Runs a sample; fails when it printed an exception. Gives its names."""
    assert 'host = "http://localhost"' in sample
    code = sample.replace('host = "http://localhost"', f"host = {HOST!r}")
    # The sample makes its configuration twice; the second, with the token, is the one that counts.
    code = code.replace("access_token = os", f"host = {HOST!r},\n    access_token = os")
    code = code.replace("'app_1srOrx2ZWZBpBUvZwXKQmoEYga2'", repr(app))
    os.environ["BEARER_TOKEN"] = token
    names = {"os": os}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "sample", "exec"), names)
    assert "Exception when calling" not in printed.getvalue(), printed.getvalue()
    return names


def refusal(token, operation):
    """The ApiException that an operation raises."""
    configuration = openapi_client.Configuration(host=HOST, access_token=token)
    with openapi_client.ApiClient(configuration) as client:
        try:
            operation(openapi_client.AuthenticationApi(client))
        except ApiException as error:
            return error
    raise AssertionError("no ApiException")


def main(page):
    printed = samples(page)
    status, application = call("POST", "/api/v1/app/", KEY, {"name": "Sample", "uid": "sample"})
    assert status == 201, status
    app = application["id"]

    access = run(printed["get_app_portal_access"], KEY, app)["api_response"]
    assert alive(access.token)
    key = json.loads(base64.b64decode(access.url.split("#key=")[1]))
    status, session = call("POST", "/api/v1/auth/one-time-token/", None, {"oneTimeToken": key["oneTimeToken"]})
    assert status == 200 and alive(session["token"])

    dashboard = run(printed["get_dashboard_access"], KEY, app)["api_response"]
    assert alive(dashboard.token)

    run(printed["logout"], access.token, app)
    assert not alive(access.token) and alive(session["token"]) and alive(dashboard.token)

    run(printed["expire_all"], KEY, app)
    assert not alive(session["token"]) and not alive(dashboard.token)

    name_of = {
        "access": "get_app_portal_access_api_v1_auth_app_portal_access_app_id_post",
        "expire": "expire_all_api_v1_auth_app_app_id_expire_all_post",
        "dashboard": "get_dashboard_access_api_v1_auth_dashboard_access_app_id_post",
        "logout": "logout_api_v1_auth_logout_post",
    }
    everyone = {
        "access": lambda api: getattr(api, name_of["access"])(app, AppPortalAccessIn()),
        "expire": lambda api: getattr(api, name_of["expire"])(app, ApplicationTokenExpireIn()),
        "dashboard": lambda api: getattr(api, name_of["dashboard"])(app),
        "logout": lambda api: getattr(api, name_of["logout"])(),
    }
    for operation in everyone.values():
        error = refusal("sk_nobody", operation)
        assert error.status == 401 and isinstance(error.data, HttpErrorOut), error
        assert error.data.code == "authentication_failed"
    living = call("POST", f"/api/v1/auth/app-portal-access/{app}/", KEY, {})[1]["token"]
    for name, operation in everyone.items():
        error = refusal(KEY if name == "logout" else living, operation)
        assert error.status == 403 and isinstance(error.data, HttpErrorOut), error
    assert alive(living)
    for name in ("access", "expire"):
        body = AppPortalAccessIn() if name == "access" else ApplicationTokenExpireIn()
        error = refusal(KEY, lambda api: getattr(api, name_of[name])("nobody", body))
        assert error.status == 404 and isinstance(error.data, HttpErrorOut), error
    error = refusal(KEY, lambda api: getattr(api, name_of["dashboard"])("nobody"))
    assert error.status == 404 and isinstance(error.data, HttpErrorOut), error
    for body in (AppPortalAccessIn(expiry=3600, session_id="fine"), AppPortalAccessIn(read_only=True)):
        configuration = openapi_client.Configuration(host=HOST, access_token=KEY)
        with openapi_client.ApiClient(configuration) as client:
            getattr(openapi_client.AuthenticationApi(client), name_of["access"])(app, body)
    wrong = AppPortalAccessIn.model_construct(expiry=1)
    error = refusal(KEY, lambda api: getattr(api, name_of["access"])(app, wrong, _headers={}))
    assert error.status == 422 and isinstance(error.data, HTTPValidationError), error
    assert error.data.detail[0].loc == ["body", "expiry"], error.data
    print("the page's four samples run as printed; 401, 403, 404 and 422 arrive as ApiException with their models")


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        main(file.read())
