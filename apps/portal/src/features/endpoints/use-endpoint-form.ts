import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type EndpointValues,
  errorsOf,
  type FieldErrors,
  isEndpointUrl,
  isThrottleRate,
} from './endpoint-values';

/** State of a form for an endpoint: what stands in it and what is wrong with it. */
export function useEndpointForm(initial: EndpointValues) {
  const { t } = useTranslation();
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<FieldErrors>({});

  const change = (part: Partial<EndpointValues>) => {
    setValues((current) => ({ ...current, ...part }));
    setErrors({});
  };
  /** Whether it can be sent; otherwise the fields say what is wrong. */
  const check = (): boolean => {
    const found: FieldErrors = {};
    if (!isEndpointUrl(values.url)) found.url = t('form.urlWrong');
    if (!isThrottleRate(values.throttleRate)) found.throttleRate = t('form.throttleWrong');
    setErrors(found);
    return Object.keys(found).length === 0;
  };
  return { values, errors, change, check, setRefusal: (error: unknown) => setErrors(errorsOf(error)) };
}
