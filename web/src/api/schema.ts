// Written by `npm run types` from the service's OpenAPI document; do not edit.
export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Root
         * @description Who answers here; a browser is sent to the page.
         */
        get: operations["root__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Audit
         * @description Newest first. `next` is the `before` of the page that follows, null on the last one.
         */
        get: operations["list_audit_audit_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/capabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Capabilities
         * @description What works here, whoever asks; heads, heat maps and private mode once a model is loaded.
         */
        get: operations["capabilities_capabilities_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/capabilities/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Key Capabilities
         * @description What the key of this request may do: a way to try a key before it is used.
         */
        get: operations["key_capabilities_capabilities_key_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Explain
         * @description Which places of the face spoke for the answer of `/predict`, drawn over it: a PNG.
         *
         *     Of several faces it is the one that `face` counts to. Nothing is kept. Glowing places spoke for
         *     the likelier label, which says nothing about why a person looks as they do.
         */
        post: operations["explain_explain_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description 200 once the model is warm and while pictures are answered, 503 else.
         */
        get: operations["health_health_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Live
         * @description 200 as long as the process answers.
         */
        get: operations["live_health_live_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description 200 once the model is warm and while pictures are answered, 503 else.
         */
        get: operations["health_health_ready_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Jobs
         * @description Every job of the caller, with the scope `admin` of everybody, newest first.
         */
        get: operations["list_jobs_jobs_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Job
         * @description One job: its epochs so far, until when it may take, what the gates said, and its log.
         *
         *     Another key's is not found.
         */
        get: operations["get_job_jobs__job_id__get"];
        put?: never;
        post?: never;
        /**
         * Cancel Job
         * @description Ask for the end of a job; it ends within seconds.
         */
        delete: operations["cancel_job_jobs__job_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{job_id}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Log
         * @description The end of a job's log, progress bars in their last state.
         */
        get: operations["get_log_jobs__job_id__log_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics
         * @description Prometheus text format.
         */
        get: operations["metrics_metrics_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/model-card": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Model Card
         * @description The model card of the model that answers, as Markdown; of an ensemble, every member's.
         *
         *     404 where the bundle signs none: a file that merely lies there is not read.
         */
        get: operations["model_card_model_card_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Models
         * @description Every version of the registry, oldest first, and what of it answers here.
         */
        get: operations["list_models_models_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{version}/promote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Promote Version
         * @description Put a version into production where the gates hold; 409 with the figures where not.
         */
        post: operations["promote_version_models__version__promote_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare Models
         * @description How versions did in service, over all keys: outcomes, times, and what corrections say.
         */
        get: operations["compare_models_models_compare_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Roll Back
         * @description Put the previous version into production again.
         */
        post: operations["roll_back_models_rollback_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/traffic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set Traffic
         * @description Share the traffic among versions by weight; the same key or picture keeps its version.
         */
        put: operations["set_traffic_models_traffic_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/predict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Predict
         * @description One picture, as multipart `file`, as base64 in JSON, or as the body itself (`image/*`).
         */
        post: operations["predict_predict_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/predict-batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Predict Batch
         * @description Several pictures as multipart `files` or as base64 in JSON; one result each, in order.
         */
        post: operations["predict_batch_predict_batch_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/predict-file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Predict File
         * @description One picture as multipart `file`.
         */
        post: operations["predict_file_predict_file_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/predictions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Predictions
         * @description Newest first. `next` is the `cursor` of the page that follows, null on the last one.
         */
        get: operations["list_predictions_predictions_get"];
        put?: never;
        post?: never;
        /**
         * Delete Predictions
         * @description Forget all answers before a time: the caller's; with the scope `admin`, everybody's.
         *
         *     Their corrections and the pictures that came with those go too.
         */
        delete: operations["delete_predictions_predictions_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/predictions.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export Predictions
         * @description All that the filters let through, as CSV.
         */
        get: operations["export_predictions_predictions_csv_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/predictions/{identity}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Prediction
         * @description One answer, with its correction. Another key's is not found.
         */
        get: operations["get_prediction_predictions__identity__get"];
        put?: never;
        post?: never;
        /**
         * Delete Prediction
         * @description Forget one answer, its correction, and the picture that came with that.
         */
        delete: operations["delete_prediction_predictions__identity__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/predictions/{identity}/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Correct
         * @description Say how annotators would label the picture; the last correction wins.
         *
         *     The service did not keep the picture: sent along as `file`, the very same file joins the
         *     sample pool for the next training, from which it goes with the prediction or by its own hash.
         */
        post: operations["correct_predictions__identity__feedback_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/retrain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retrain
         * @description Queue a retraining; its result is a new version, promoted only through the gates.
         */
        post: operations["retrain_retrain_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/samples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count Samples
         * @description How many labelled pictures the pool holds, of all keys together.
         */
        get: operations["count_samples_samples_get"];
        put?: never;
        /**
         * Add Sample
         * @description Add a picture, as annotators would label it. It is decoded and written anew, once.
         */
        post: operations["add_sample_samples_post"];
        /**
         * Delete Samples
         * @description Remove pictures and their entries: the caller's; with the scope `admin`, everybody's.
         */
        delete: operations["delete_samples_samples_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/samples/{sha256}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete Sample
         * @description Remove one picture by the hash that `POST /samples` told; another key's is not found.
         */
        delete: operations["delete_sample_samples__sha256__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Protocol Live
         * @description Open Inference Protocol: the server is live.
         */
        get: operations["protocol_live_v2_health_live_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Protocol Ready
         * @description Open Inference Protocol: the server is ready.
         */
        get: operations["protocol_ready_v2_health_ready_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Protocol Model
         * @description Open Inference Protocol: what the model takes and gives.
         */
        get: operations["protocol_model_v2_models__name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{name}/infer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Infer
         * @description Open Inference Protocol: an answer for each picture of the tensor `image`.
         *
         *     `BYTES` holds encoded pictures (base64 where it stands in JSON) and `UINT8` [N, H, W, 3] upright
         *     RGB pixels; both go through detector and classifier. `FP32` [N, 3, H, W] are normalised face
         *     crops for the network alone. Bytes may follow the JSON (Triton's binary tensor data extension).
         *     `parameters` of the request may hold `attributes`: names of further heads, with commas between.
         */
        post: operations["infer_v2_models__name__infer_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{name}/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Protocol Model Ready
         * @description Open Inference Protocol: the model is ready.
         */
        get: operations["protocol_model_ready_v2_models__name__ready_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{name}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Protocol Model
         * @description Open Inference Protocol: what the model takes and gives.
         */
        get: operations["protocol_model_v2_models__name__versions__version__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{name}/versions/{version}/infer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Infer
         * @description Open Inference Protocol: an answer for each picture of the tensor `image`.
         *
         *     `BYTES` holds encoded pictures (base64 where it stands in JSON) and `UINT8` [N, H, W, 3] upright
         *     RGB pixels; both go through detector and classifier. `FP32` [N, 3, H, W] are normalised face
         *     crops for the network alone. Bytes may follow the JSON (Triton's binary tensor data extension).
         *     `parameters` of the request may hold `attributes`: names of further heads, with commas between.
         */
        post: operations["infer_v2_models__name__versions__version__infer_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{name}/versions/{version}/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Protocol Model Ready
         * @description Open Inference Protocol: the model is ready.
         */
        get: operations["protocol_model_ready_v2_models__name__versions__version__ready_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AttributeAnswer
         * @description What a further head says of one face.
         */
        AttributeAnswer: {
            /**
             * Confidence
             * @description Probability of the likelier label.
             */
            confidence: number;
            /**
             * Prediction
             * @description Null where it is too unsure.
             */
            prediction: string | null;
            /**
             * Probabilities
             * @description Calibrated, by label; they sum to 1.
             */
            probabilities: {
                [key: string]: number;
            };
        };
        /**
         * AuditEntry
         * @description One change, or one that was refused.
         */
        AuditEntry: {
            /**
             * Action
             * @example model.promote
             */
            action: string;
            /**
             * Actor
             * @description `key:ID`, `address:…` where the service is open, `user:NAME@HOST` of a command, `job:ID` or `service`.
             * @example key:0123456789ab
             */
            actor: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Detail */
            detail: {
                [key: string]: unknown;
            };
            /**
             * Number
             * @description From 1, without gaps.
             */
            number: number;
            /**
             * Object
             * @description What was changed.
             * @example small-1
             */
            object: string;
            /**
             * Result
             * @enum {string}
             */
            result: "done" | "refused" | "failed";
            /**
             * Sha256
             * @description Of this entry and the hash before it.
             */
            sha256: string;
        };
        /**
         * AuditPage
         * @description Some entries, newest first.
         */
        AuditPage: {
            /** Entries */
            entries: components["schemas"]["AuditEntry"][];
            /**
             * Next
             * @description For `before`; null on the last page.
             */
            next: number | null;
        };
        /**
         * BatchAnswer
         * @description One result per file, in the order sent.
         * @example {
         *       "count": 1,
         *       "results": [
         *         {
         *           "confidence": 0.892,
         *           "error": null,
         *           "error_code": null,
         *           "faces": [
         *             {
         *               "box": [
         *                 61,
         *                 40.5,
         *                 130.2,
         *                 134.9
         *               ],
         *               "confidence": 0.892,
         *               "detection_score": 0.91,
         *               "outcome": "classified",
         *               "prediction": "male",
         *               "probabilities": {
         *                 "female": 0.108,
         *                 "male": 0.892
         *               }
         *             }
         *           ],
         *           "filename": "me.jpg",
         *           "id": "019ab1c2-7d3e-7f00-8a1b-2c3d4e5f6071",
         *           "model_version": "default-20261121-0a1b2c3d",
         *           "outcome": "classified",
         *           "person_count": 1,
         *           "prediction": "male",
         *           "probabilities": {
         *             "female": 0.108,
         *             "male": 0.892
         *           }
         *         }
         *       ]
         *     }
         */
        BatchAnswer: {
            /** Count */
            count: number;
            /** Results */
            results: components["schemas"]["BatchItem"][];
        };
        /**
         * BatchItem
         * @description The answer for one file of a batch; refused and unreadable files stand among the others.
         * @example {
         *       "confidence": 0.892,
         *       "error": null,
         *       "error_code": null,
         *       "faces": [
         *         {
         *           "box": [
         *             61,
         *             40.5,
         *             130.2,
         *             134.9
         *           ],
         *           "confidence": 0.892,
         *           "detection_score": 0.91,
         *           "outcome": "classified",
         *           "prediction": "male",
         *           "probabilities": {
         *             "female": 0.108,
         *             "male": 0.892
         *           }
         *         }
         *       ],
         *       "filename": "me.jpg",
         *       "id": "019ab1c2-7d3e-7f00-8a1b-2c3d4e5f6071",
         *       "model_version": "default-20261121-0a1b2c3d",
         *       "outcome": "classified",
         *       "person_count": 1,
         *       "prediction": "male",
         *       "probabilities": {
         *         "female": 0.108,
         *         "male": 0.892
         *       }
         *     }
         */
        BatchItem: {
            /**
             * Attributes
             * @description Further heads, where asked for; absent else. Of the first face.
             */
            attributes?: {
                [key: string]: components["schemas"]["AttributeAnswer"];
            } | null;
            /** Confidence */
            confidence: number;
            /** Error */
            error: string | null;
            /** Error Code */
            error_code: string | null;
            /** Faces */
            faces: components["schemas"]["FaceAnswer"][];
            /** Filename */
            filename: string;
            /**
             * Id
             * @description Where the history keeps this answer; absent where it does not.
             */
            id?: string | null;
            /**
             * Model Version
             * @description Of an ensemble, every member's, joined by `+`.
             */
            model_version: string;
            outcome: components["schemas"]["Outcome"];
            /** Person Count */
            person_count: number;
            /** Prediction */
            prediction: string | null;
            /** Probabilities */
            probabilities: {
                [key: string]: number;
            } | null;
        };
        /**
         * Capabilities
         * @description What this installation offers to whoever may ask for it.
         */
        Capabilities: {
            /**
             * Feedback
             * @description Answers can be corrected; needs history and samples.
             */
            feedback: boolean;
            /**
             * Formats
             * @description Of pictures, in lower case, such as `jpeg`.
             */
            formats: string[];
            /**
             * Heads
             * @description What the model answers: first *the* answer, then its attributes, which `attributes` asks for by name; empty before it is loaded.
             */
            heads: components["schemas"]["HeadAnswer"][];
            /**
             * Heat Maps
             * @description The model that answers can show what it looked at.
             */
            heat_maps: boolean;
            /**
             * History
             * @description Answers are kept, without pictures.
             */
            history: boolean;
            /**
             * Keys Needed
             * @description Whether requests need an API key.
             */
            keys_needed: boolean;
            /**
             * Max Body Bytes
             * @description Of one request with one picture.
             */
            max_body_bytes: number;
            /**
             * Max Pixels
             * @description Of one picture, decoded.
             */
            max_pixels: number;
            /**
             * Private Mode
             * @description The model that answers can run in a browser.
             */
            private_mode: boolean;
            /**
             * Promotion
             * @description There are labelled pictures to hold versions against before a promotion.
             */
            promotion: boolean;
            /**
             * Samples
             * @description Labelled pictures are taken for training.
             */
            samples: boolean;
            /**
             * Training
             * @description There is something that a retraining may use.
             */
            training: boolean;
        };
        /**
         * ComparedVersion
         * @description One side of a comparison.
         */
        ComparedVersion: {
            /** @description Null where no history is kept. */
            live: components["schemas"]["LiveAnswer"] | null;
            /**
             * Share
             * @description Share of the traffic now; null if not loaded.
             */
            share: number | null;
            /** Version */
            version: string;
        };
        /**
         * ComparisonAnswer
         * @description Versions side by side, as the history knows them.
         * @example {
         *       "history": "on",
         *       "since": "2026-11-14T12:00:00Z",
         *       "versions": [
         *         {
         *           "live": {
         *             "corrections": {
         *               "right": 4,
         *               "undecided": 1,
         *               "wrong": 1
         *             },
         *             "latency_p50_ms": 14.2,
         *             "latency_p95_ms": 31,
         *             "mean_confidence": 0.941,
         *             "outcomes": {
         *               "classified": 180,
         *               "no_person": 12,
         *               "uncertain": 8
         *             },
         *             "pictures": 200,
         *             "refused": {
         *               "count": 200,
         *               "high": 0.1019,
         *               "low": 0.0346,
         *               "value": 0.06
         *             },
         *             "right": {
         *               "count": 5,
         *               "high": 0.9638,
         *               "low": 0.3755,
         *               "value": 0.8
         *             },
         *             "uncertain": {
         *               "count": 200,
         *               "high": 0.0769,
         *               "low": 0.0204,
         *               "value": 0.04
         *             }
         *           },
         *           "share": 1,
         *           "version": "default-20261121-439ee292"
         *         }
         *       ]
         *     }
         */
        ComparisonAnswer: {
            /**
             * History
             * @description `off`: there are no live figures.
             * @enum {string}
             */
            history: "on" | "off";
            /**
             * Since
             * Format: date-time
             */
            since: string;
            /** Versions */
            versions: components["schemas"]["ComparedVersion"][];
        };
        /**
         * Correction
         * @description A correction that was kept.
         */
        Correction: {
            /** Id */
            id: string;
            /** Label */
            label: string;
            /**
             * Sample
             * @description Hash of the pixels in the sample pool, if any.
             */
            sample: string | null;
        };
        /**
         * CorrectionsAnswer
         * @description Labels beside the corrections that people sent; `undecided` had got no label.
         */
        CorrectionsAnswer: {
            /** Right */
            right: number;
            /** Undecided */
            undecided: number;
            /** Wrong */
            wrong: number;
        };
        /**
         * DecisionAnswer
         * @description A promotion that happened, with the figures that it was decided by.
         * @example {
         *       "figures": {},
         *       "forced": null,
         *       "gates": [
         *         {
         *           "at_least": true,
         *           "gate": "accuracy",
         *           "limit": 0.915,
         *           "passed": true,
         *           "value": 0.93
         *         }
         *       ],
         *       "id": "20261121T120000000000-retrained-20261121-0a1b2c3d",
         *       "production": "default-20261121-fa861026",
         *       "promoted": true,
         *       "time": "2026-11-21T12:00:00+00:00",
         *       "validation": {
         *         "pictures": 750
         *       },
         *       "version": "retrained-20261121-0a1b2c3d"
         *     }
         */
        DecisionAnswer: {
            /** Figures */
            figures: {
                [key: string]: unknown;
            };
            /** Forced */
            forced: string | null;
            /** Gates */
            gates: {
                [key: string]: unknown;
            }[];
            /** Id */
            id: string;
            /**
             * Production
             * @description What it was judged against.
             */
            production: string | null;
            /** Promoted */
            promoted: boolean;
            /** Time */
            time: string;
            /** Validation */
            validation: {
                [key: string]: unknown;
            } | null;
            /** Version */
            version: string;
        };
        /**
         * Epoch
         * @description What the curves say of one epoch; None for what it did not measure, or is no number.
         */
        Epoch: {
            /** Calibration Accuracy */
            calibration_accuracy?: number | null;
            /** Calibration Auroc */
            calibration_auroc?: number | null;
            /** Calibration Loss */
            calibration_loss?: number | null;
            /**
             * Epoch
             * @description From 1.
             */
            epoch: number;
            /** Learning Rate */
            learning_rate?: number | null;
            /** Seconds */
            seconds?: number | null;
            /** Train Accuracy */
            train_accuracy?: number | null;
            /** Train Loss */
            train_loss?: number | null;
        };
        /**
         * Estimate
         * @description A figure measured on `count` pictures, with its 95 % interval.
         */
        Estimate: {
            /** Count */
            count: number;
            /** High */
            high: number;
            /** Low */
            low: number;
            /** Value */
            value: number;
        };
        /**
         * EvaluationAnswer
         * @description What the bundle says was measured, on pictures that its training never saw.
         */
        EvaluationAnswer: {
            abstained: components["schemas"]["Estimate"];
            /** @description Uncertain answers counted by their likelier label. */
            accuracy: components["schemas"]["Estimate"];
            /** Data */
            data: string;
            /**
             * Ece
             * @description Expected calibration error.
             */
            ece: number | null;
            /** Faces */
            faces: string;
            /** Groups */
            groups: components["schemas"]["GroupAnswer"][];
            /** Metrics */
            metrics: {
                [key: string]: number;
            };
            /** @description The group of least accuracy, among those the bundle lists. */
            worst_group: components["schemas"]["GroupAnswer"] | null;
        };
        /**
         * FaceAnswer
         * @description The answer for one face.
         */
        FaceAnswer: {
            /**
             * Attributes
             * @description Further heads, where asked for; absent else.
             */
            attributes?: {
                [key: string]: components["schemas"]["AttributeAnswer"];
            } | null;
            /**
             * Box
             * @description Left, top, right, bottom in pixels of the upright picture; null if `cropped`.
             */
            box: number[] | null;
            /**
             * Confidence
             * @description Probability of the likelier label.
             */
            confidence: number;
            /** Detection Score */
            detection_score: number | null;
            outcome: components["schemas"]["Outcome"];
            /**
             * Prediction
             * @description A label of the model's first head; null where the outcome is `uncertain`.
             */
            prediction: string | null;
            /**
             * Probabilities
             * @description Calibrated, by label; they sum to 1.
             */
            probabilities: {
                [key: string]: number;
            };
        };
        /**
         * GateAnswer
         * @description One gate of a promotion: what was measured, and the limit that it was held against.
         */
        GateAnswer: {
            /**
             * At Least
             * @description Whether the value may not lie below the limit, or above.
             */
            at_least: boolean;
            /** Gate */
            gate: string;
            /** Limit */
            limit: number;
            /** Passed */
            passed: boolean;
            /** Value */
            value: number | null;
        };
        /**
         * GraphHealth
         * @description Which graph of a bundle answers on this machine, and why.
         */
        GraphHealth: {
            /**
             * Device
             * @description What it runs on, `cuda`, `openvino` and the like; absent: the CPU.
             */
            device?: string | null;
            /**
             * Fallback
             * @description Why FP32 answers in place of INT8, or the CPU in place of the device that was asked for; null where the wanted graph answers where it should.
             */
            fallback: string | null;
            /**
             * Golden
             * @description `passed`: it gave the logits that its bundle states for a few golden inputs. `none`: the bundle is of before there were any, so nothing was checked.
             * @enum {string}
             */
            golden: "passed" | "none";
            /** Model Version */
            model_version: string;
            /**
             * Precision
             * @enum {string}
             */
            precision: "fp32" | "int8";
        };
        /**
         * GroupAnswer
         * @description One group of the pictures that a version was judged on.
         */
        GroupAnswer: {
            accuracy: components["schemas"]["Estimate"];
            /** Attribute */
            attribute: string;
            /** Group */
            group: string;
        };
        /**
         * HeadAnswer
         * @description One question that a model answers, and the words of its answers.
         * @example {
         *       "kind": "binary",
         *       "labels": [
         *         "female",
         *         "male"
         *       ],
         *       "name": "gender"
         *     }
         */
        HeadAnswer: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "binary" | "categorical" | "ordinal";
            /**
             * Labels
             * @description In the model's order; those of an `ordinal` head lie in a row.
             */
            labels: string[];
            /** Name */
            name: string;
        };
        /**
         * Health
         * @description What a load balancer and clients of the reference systems read.
         */
        Health: {
            /**
             * Abstain Below
             * @description Answers of a lower confidence are `uncertain`.
             */
            abstain_below: number;
            /** Detector Loaded */
            detector_loaded: boolean;
            /** Graphs */
            graphs: components["schemas"]["GraphHealth"][];
            /**
             * History
             * @enum {string}
             */
            history: "off" | "healthy" | "degraded";
            /**
             * Jobs
             * @description The queue of retrainings, as it was when it was last asked; `off` before.
             * @enum {string}
             */
            jobs: "off" | "healthy" | "degraded";
            /** Model Loaded */
            model_loaded: boolean;
            /** Model Version */
            model_version: string | null;
            /** Processor Loaded */
            processor_loaded: boolean;
            /**
             * Rate Limits
             * @enum {string}
             */
            rate_limits: "healthy" | "degraded";
            /**
             * Status
             * @description `degraded`: pictures are answered, but something beside them does not work, or another graph answers than should, or elsewhere.
             * @enum {string}
             */
            status: "healthy" | "degraded";
            /** Version */
            version: string;
        };
        /**
         * HistoryPage
         * @description Some answers, newest first.
         */
        HistoryPage: {
            /**
             * Next
             * @description The `cursor` of the next page; null on the last one.
             */
            next: string | null;
            /** Predictions */
            predictions: components["schemas"]["Remembered"][];
            /**
             * Total
             * @description All that the filters let through, on every page, counted up to 100,000; null unless `total=true` asks for it.
             */
            total: number | null;
        };
        /**
         * JobAnswer
         * @description One retraining job.
         */
        JobAnswer: {
            /** Attempts */
            attempts: number;
            /** Created */
            created: string;
            /**
             * Decision
             * @description What the gates said.
             */
            decision: {
                [key: string]: unknown;
            } | null;
            /** Finished */
            finished: string | null;
            /** Id */
            id: string;
            /**
             * Key Id
             * @description Of the API key that asked for it.
             */
            key_id: string | null;
            progress: components["schemas"]["Progress"];
            /** Promote */
            promote: boolean;
            /**
             * Reason
             * @description Why it failed.
             */
            reason: string | null;
            /** Recipe */
            recipe: string;
            /** Source */
            source: string;
            /**
             * Stage
             * @enum {string}
             */
            stage: "waiting" | "training" | "exporting" | "registering" | "judging" | "done";
            /** Started */
            started: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            /**
             * Version
             * @description What it added to the registry.
             */
            version: string | null;
        };
        /**
         * JobDetail
         * @description One job with its epochs, what the gates said, and the end of its log.
         * @example {
         *       "attempts": 1,
         *       "created": "2026-11-21T12:00:00+00:00",
         *       "decision": null,
         *       "epochs": [
         *         {
         *           "calibration_accuracy": 0.82,
         *           "calibration_auroc": 0.9,
         *           "calibration_loss": 0.41,
         *           "epoch": 1,
         *           "learning_rate": 0.05,
         *           "seconds": 11.4,
         *           "train_accuracy": 0.74,
         *           "train_loss": 0.52
         *         }
         *       ],
         *       "finished": null,
         *       "gates": [],
         *       "id": "20261121T120000000000-0a1b2c",
         *       "key_id": null,
         *       "log": [
         *         "epoch 1/90"
         *       ],
         *       "progress": {
         *         "epoch": 1,
         *         "epochs": 90,
         *         "figures": {
         *           "train_loss": 0.52
         *         },
         *         "training_until": "2026-11-21T12:17:00+00:00"
         *       },
         *       "promote": true,
         *       "reason": null,
         *       "recipe": "small-data",
         *       "source": "portraits",
         *       "stage": "training",
         *       "started": "2026-11-21T12:00:01+00:00",
         *       "state": "running",
         *       "version": null
         *     }
         */
        JobDetail: {
            /** Attempts */
            attempts: number;
            /** Created */
            created: string;
            /**
             * Decision
             * @description What the gates said.
             */
            decision: {
                [key: string]: unknown;
            } | null;
            /**
             * Epochs
             * @description Every epoch that ended, oldest first.
             */
            epochs: components["schemas"]["Epoch"][];
            /** Finished */
            finished: string | null;
            /**
             * Gates
             * @description Of its promotion; empty before it was judged.
             */
            gates: components["schemas"]["GateAnswer"][];
            /** Id */
            id: string;
            /**
             * Key Id
             * @description Of the API key that asked for it.
             */
            key_id: string | null;
            /** Log */
            log: string[];
            progress: components["schemas"]["Progress"];
            /** Promote */
            promote: boolean;
            /**
             * Reason
             * @description Why it failed.
             */
            reason: string | null;
            /** Recipe */
            recipe: string;
            /** Source */
            source: string;
            /**
             * Stage
             * @enum {string}
             */
            stage: "waiting" | "training" | "exporting" | "registering" | "judging" | "done";
            /** Started */
            started: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            /**
             * Version
             * @description What it added to the registry.
             */
            version: string | null;
        };
        /**
         * JobsAnswer
         * @description Every job, newest first.
         */
        JobsAnswer: {
            /** Count */
            count: number;
            /** Jobs */
            jobs: components["schemas"]["JobAnswer"][];
        };
        /**
         * KeyCapabilities
         * @description What the key of this request may do; without keys, everything.
         */
        KeyCapabilities: {
            /**
             * Recipes
             * @description How a retraining may train, the usual one first; empty without `train`.
             */
            recipes: string[];
            /** Scopes */
            scopes: components["schemas"]["Scope"][];
            /**
             * Training Sources
             * @description What a retraining may use, by name; empty without the scope `train`.
             */
            training_sources: string[];
        };
        /**
         * LiveAnswer
         * @description How one version did in service. Who corrects an answer is no random sample of who asks.
         * @example {
         *       "corrections": {
         *         "right": 4,
         *         "undecided": 1,
         *         "wrong": 1
         *       },
         *       "latency_p50_ms": 14.2,
         *       "latency_p95_ms": 31,
         *       "mean_confidence": 0.941,
         *       "outcomes": {
         *         "classified": 180,
         *         "no_person": 12,
         *         "uncertain": 8
         *       },
         *       "pictures": 200,
         *       "refused": {
         *         "count": 200,
         *         "high": 0.1019,
         *         "low": 0.0346,
         *         "value": 0.06
         *       },
         *       "right": {
         *         "count": 5,
         *         "high": 0.9638,
         *         "low": 0.3755,
         *         "value": 0.8
         *       },
         *       "uncertain": {
         *         "count": 200,
         *         "high": 0.0769,
         *         "low": 0.0204,
         *         "value": 0.04
         *       }
         *     }
         */
        LiveAnswer: {
            corrections: components["schemas"]["CorrectionsAnswer"];
            /** Latency P50 Ms */
            latency_p50_ms: number | null;
            /** Latency P95 Ms */
            latency_p95_ms: number | null;
            /**
             * Mean Confidence
             * @description Of pictures with a face.
             */
            mean_confidence: number | null;
            /** Outcomes */
            outcomes: {
                [key: string]: number;
            };
            /** Pictures */
            pictures: number;
            /** @description Nobody, several people, or unreadable; of all. */
            refused: components["schemas"]["Estimate"];
            /** @description Of the corrected answers that had a label. */
            right: components["schemas"]["Estimate"];
            /** @description Of all pictures. */
            uncertain: components["schemas"]["Estimate"];
        };
        /**
         * ModelsAnswer
         * @description What answers, and what there is.
         */
        ModelsAnswer: {
            /**
             * Broken
             * @description Versions that cannot be loaded as they lie in the registry, and why.
             */
            broken: {
                [key: string]: string;
            };
            /** Candidate */
            candidate: string | null;
            /**
             * Follows Registry
             * @description Whether promotions change what this service uses.
             */
            follows_registry: boolean;
            /** Models */
            models: components["schemas"]["ModelVersion"][];
            /** Previous */
            previous: string | null;
            /** Production */
            production: string | null;
            /**
             * Reload Error
             * @description Why the newest change of the registry is not in service.
             */
            reload_error: string | null;
            /**
             * Serving
             * @description The version that answers unless the traffic is split.
             */
            serving: string | null;
            /**
             * Stale
             * @description Whether the registry does not answer and this is what was known of it last.
             * @default false
             */
            stale: boolean;
            /**
             * State Error
             * @description Why the last good copy of the aliases stands in for those that are stored.
             */
            state_error: string | null;
            /** Traffic */
            traffic: {
                [key: string]: number;
            };
        };
        /**
         * ModelVersion
         * @description One version of the registry, or one that answers without being in it.
         * @example {
         *       "accuracy": 0.9208,
         *       "aliases": [
         *         "production"
         *       ],
         *       "architecture": "compact_resnet",
         *       "created": "2026-11-21T11:18:36+00:00",
         *       "evaluation": {
         *         "abstained": {
         *           "count": 2499,
         *           "high": 0.0366,
         *           "low": 0.0233,
         *           "value": 0.0292
         *         },
         *         "accuracy": {
         *           "count": 2499,
         *           "high": 0.9307,
         *           "low": 0.9095,
         *           "value": 0.9208
         *         },
         *         "data": "FairFace, split val",
         *         "ece": 0.0128,
         *         "faces": "cropped",
         *         "groups": [
         *           {
         *             "accuracy": {
         *               "count": 355,
         *               "high": 0.9087,
         *               "low": 0.8408,
         *               "value": 0.8788
         *             },
         *             "attribute": "race",
         *             "group": "Black"
         *           }
         *         ],
         *         "metrics": {
         *           "auroc": 0.9803,
         *           "brier": 0.0552,
         *           "ece": 0.0128
         *         },
         *         "worst_group": {
         *           "accuracy": {
         *             "count": 355,
         *             "high": 0.9087,
         *             "low": 0.8408,
         *             "value": 0.8788
         *           },
         *           "attribute": "race",
         *           "group": "Black"
         *         }
         *       },
         *       "heads": [
         *         {
         *           "kind": "binary",
         *           "labels": [
         *             "female",
         *             "male"
         *           ],
         *           "name": "gender"
         *         }
         *       ],
         *       "licence": "CC BY 4.0",
         *       "loaded": true,
         *       "parameters": 2805889,
         *       "precision": "int8",
         *       "registered": true,
         *       "share": 1,
         *       "size_bytes": 14800000,
         *       "trained_on": "FairFace",
         *       "version": "default-20261121-439ee292",
         *       "weight": null
         *     }
         */
        ModelVersion: {
            /**
             * Accuracy
             * @description As its bundle says, on the data named there.
             */
            accuracy: number | null;
            /** Aliases */
            aliases: string[];
            /** Architecture */
            architecture: string;
            /** Created */
            created: string;
            evaluation: components["schemas"]["EvaluationAnswer"] | null;
            /**
             * Heads
             * @description What it answers; the first is *the* answer.
             */
            heads: components["schemas"]["HeadAnswer"][];
            /** Licence */
            licence: string;
            /** Loaded */
            loaded: boolean;
            /** Parameters */
            parameters: number;
            /**
             * Precision
             * @description Of the graph that answers by default.
             * @enum {string}
             */
            precision: "fp32" | "int8";
            /**
             * Registered
             * @description Whether it is a version of the registry.
             */
            registered: boolean;
            /**
             * Share
             * @description Share of the traffic, 0 to 1; null if not loaded.
             */
            share: number | null;
            /** Size Bytes */
            size_bytes: number;
            /** Trained On */
            trained_on: string;
            /** Version */
            version: string;
            /**
             * Weight
             * @description Of the split of the traffic; null outside of it.
             */
            weight: number | null;
        };
        /**
         * NotReady
         * @description A problem document with the fields of a health answer.
         * @example {
         *       "code": "not_ready",
         *       "detail": "the model is being loaded; try again in a moment",
         *       "detector_loaded": false,
         *       "model_loaded": false,
         *       "model_version": null,
         *       "processor_loaded": false,
         *       "status": 503,
         *       "title": "Not ready",
         *       "type": "urn:genderlens:problem:not_ready",
         *       "version": "0.1.0"
         *     }
         */
        NotReady: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /** Detector Loaded */
            detector_loaded: boolean;
            /** Model Loaded */
            model_loaded: boolean;
            /** Model Version */
            model_version: string | null;
            /** Processor Loaded */
            processor_loaded: boolean;
            /**
             * Request Id
             * @description What the log of the service calls the request; X-Request-ID says it too.
             */
            request_id?: string | null;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /** Type */
            type: string;
            /** Version */
            version: string;
        };
        /**
         * Outcome
         * @description What became of one picture.
         * @enum {string}
         */
        Outcome: "classified" | "uncertain" | "no_person" | "many_people" | "unreadable";
        /**
         * PredictionAnswer
         * @description The answer for one picture.
         * @example {
         *       "confidence": 0.892,
         *       "error": null,
         *       "faces": [
         *         {
         *           "box": [
         *             61,
         *             40.5,
         *             130.2,
         *             134.9
         *           ],
         *           "confidence": 0.892,
         *           "detection_score": 0.91,
         *           "outcome": "classified",
         *           "prediction": "male",
         *           "probabilities": {
         *             "female": 0.108,
         *             "male": 0.892
         *           }
         *         }
         *       ],
         *       "id": "019ab1c2-7d3e-7f00-8a1b-2c3d4e5f6071",
         *       "model_version": "default-20261121-0a1b2c3d",
         *       "outcome": "classified",
         *       "person_count": 1,
         *       "prediction": "male",
         *       "probabilities": {
         *         "female": 0.108,
         *         "male": 0.892
         *       }
         *     }
         */
        PredictionAnswer: {
            /**
             * Attributes
             * @description Further heads, where asked for; absent else. Of the first face.
             */
            attributes?: {
                [key: string]: components["schemas"]["AttributeAnswer"];
            } | null;
            /** Confidence */
            confidence: number;
            /** Error */
            error: string | null;
            /** Faces */
            faces: components["schemas"]["FaceAnswer"][];
            /**
             * Id
             * @description Where the history keeps this answer; absent where it does not.
             */
            id?: string | null;
            /**
             * Model Version
             * @description Of an ensemble, every member's, joined by `+`.
             */
            model_version: string;
            outcome: components["schemas"]["Outcome"];
            /** Person Count */
            person_count: number;
            /** Prediction */
            prediction: string | null;
            /** Probabilities */
            probabilities: {
                [key: string]: number;
            } | null;
        };
        /**
         * Problem
         * @description RFC 9457 problem document; `code` is stable.
         *
         *     That of an unreadable picture also has the fields of a prediction.
         * @example {
         *       "code": "body_too_large",
         *       "detail": "the body has 30000000 bytes, the limit is 20,000,000; send a smaller picture",
         *       "status": 413,
         *       "title": "Body too large",
         *       "type": "urn:genderlens:problem:body_too_large"
         *     }
         */
        Problem: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /**
             * Request Id
             * @description What the log of the service calls the request; X-Request-ID says it too.
             */
            request_id?: string | null;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /** Type */
            type: string;
        };
        /**
         * Progress
         * @description The last epoch that ended, of how many, and what the curves said then.
         *
         *     ``training_until`` foretells the end of the training from how long its epochs took.
         */
        Progress: {
            /**
             * Epoch
             * @default 0
             */
            epoch: number;
            /**
             * Epochs
             * @default 0
             */
            epochs: number;
            /** Figures */
            figures?: {
                [key: string]: number;
            };
            /** Training Until */
            training_until?: string | null;
        };
        /**
         * PromotionProblem
         * @description A problem document with the decision: which gate did not hold, and by how much.
         * @example {
         *       "code": "body_too_large",
         *       "detail": "the body has 30000000 bytes, the limit is 20,000,000; send a smaller picture",
         *       "status": 413,
         *       "title": "Body too large",
         *       "type": "urn:genderlens:problem:body_too_large"
         *     }
         */
        PromotionProblem: {
            /** Code */
            code: string;
            /** Decision */
            decision?: {
                [key: string]: unknown;
            } | null;
            /** Detail */
            detail: string;
            /**
             * Request Id
             * @description What the log of the service calls the request; X-Request-ID says it too.
             */
            request_id?: string | null;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /** Type */
            type: string;
        };
        /**
         * PromotionRequest
         * @description A promotion; through the gates unless forced.
         * @example {
         *       "force": true,
         *       "reason": "first model"
         *     }
         */
        PromotionRequest: {
            /**
             * Force
             * @default false
             */
            force: boolean;
            /**
             * Reason
             * @description Needed with `force`; stored.
             */
            reason?: string | null;
        };
        /**
         * Purged
         * @description How many answers were forgotten, or pictures removed.
         */
        Purged: {
            /** Deleted */
            deleted: number;
        };
        /**
         * Refusal
         * @description A problem document with the fields of a prediction: nobody, or several people, in view.
         * @example {
         *       "code": "many_people",
         *       "confidence": 0,
         *       "detail": "Multiple people detected (3 people). Please use single-person images.",
         *       "error": "Multiple people detected (3 people). Please use single-person images.",
         *       "faces": [],
         *       "model_version": "default-20261121-0a1b2c3d",
         *       "outcome": "many_people",
         *       "person_count": 3,
         *       "prediction": null,
         *       "probabilities": null,
         *       "status": 422,
         *       "title": "Many people",
         *       "type": "urn:genderlens:problem:many_people"
         *     }
         */
        Refusal: {
            /**
             * Attributes
             * @description Further heads, where asked for; absent else. Of the first face.
             */
            attributes?: {
                [key: string]: components["schemas"]["AttributeAnswer"];
            } | null;
            /** Code */
            code: string;
            /** Confidence */
            confidence: number;
            /** Detail */
            detail: string;
            /** Error */
            error: string | null;
            /** Faces */
            faces: components["schemas"]["FaceAnswer"][];
            /**
             * Id
             * @description Where the history keeps this answer; absent where it does not.
             */
            id?: string | null;
            /**
             * Model Version
             * @description Of an ensemble, every member's, joined by `+`.
             */
            model_version: string;
            outcome: components["schemas"]["Outcome"];
            /** Person Count */
            person_count: number;
            /** Prediction */
            prediction: string | null;
            /** Probabilities */
            probabilities: {
                [key: string]: number;
            } | null;
            /**
             * Request Id
             * @description What the log of the service calls the request; X-Request-ID says it too.
             */
            request_id?: string | null;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /** Type */
            type: string;
        };
        /**
         * Remembered
         * @description An answer that was given before; the picture itself was not kept.
         */
        Remembered: {
            /** Confidence */
            confidence: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Error Code */
            error_code: string | null;
            /** Faces */
            faces: components["schemas"]["FaceAnswer"][];
            /**
             * Feedback
             * @description The label of the last correction.
             */
            feedback: string | null;
            /** Id */
            id: string;
            /**
             * Key Id
             * @description Of the API key that asked; null where none was needed.
             */
            key_id: string | null;
            /**
             * Latency Ms
             * @description From when the picture was there to its answer.
             */
            latency_ms: number;
            /** Model Version */
            model_version: string;
            outcome: components["schemas"]["Outcome"];
            /** Person Count */
            person_count: number;
            /** Prediction */
            prediction: string | null;
            /**
             * Sha256
             * @description Of the file that was sent.
             */
            sha256: string;
            /** Size Bytes */
            size_bytes: number;
        };
        /**
         * RetrainRequest
         * @description What to train on; every field may be left out.
         * @example {
         *       "promote": true,
         *       "source": "portraits"
         *     }
         */
        RetrainRequest: {
            /**
             * Promote
             * @description Promote the result where the gates hold.
             * @default true
             */
            promote: boolean;
            /**
             * Recipe
             * @description A shipped recipe.
             */
            recipe?: string | null;
            /**
             * Source
             * @description A name among RETRAIN_SOURCES.
             */
            source?: string | null;
        };
        /**
         * SampleAnswer
         * @description A picture of the sample pool.
         */
        SampleAnswer: {
            /** Label */
            label: string;
            /** New */
            new: boolean;
            /**
             * Sha256
             * @description Of its pixels, once decoded.
             */
            sha256: string;
        };
        /**
         * SampleCounts
         * @description What the sample pool holds.
         * @example {
         *       "count": 3,
         *       "labels": {
         *         "female": 2,
         *         "male": 1
         *       },
         *       "limit": 100000
         *     }
         */
        SampleCounts: {
            /** Count */
            count: number;
            /**
             * Labels
             * @description Pictures by label: those of the model that answers, and what else is there.
             */
            labels: {
                [key: string]: number;
            };
            /**
             * Limit
             * @description Most pictures that the pool takes.
             */
            limit: number;
        };
        /**
         * Scope
         * @description What an API key opens.
         * @enum {string}
         */
        Scope: "predict" | "train" | "metrics" | "admin";
        /**
         * TrafficRequest
         * @description Weights by version or alias; they need no sum. None: production alone.
         * @example {
         *       "weights": {
         *         "candidate": 10,
         *         "production": 90
         *       }
         *     }
         */
        TrafficRequest: {
            /** Weights */
            weights: {
                [key: string]: number;
            };
        };
        /**
         * Welcome
         * @description What answers at the root.
         */
        Welcome: {
            /** Message */
            message: string;
            /** Model */
            model: string | null;
            /**
             * Status
             * @enum {string}
             */
            status: "ok" | "starting" | "failed";
            /** Version */
            version: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    root__get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Welcome"];
                };
            };
            /** @description A browser: see the page. */
            307: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_audit_audit_get: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                before?: number | null;
                limit?: number;
                /** @description From this time on. */
                since?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    capabilities_capabilities_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Capabilities"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    key_capabilities_capabilities_key_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyCapabilities"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    explain_explain_post: {
        parameters: {
            query?: {
                /** @description Which of the faces of the answer, from 1. */
                face?: number;
                /** @description `single` refuses none or several faces, `largest` takes the largest, `all` answers for each, `cropped` takes the whole picture as one face. Unset: the service's setting. */
                faces?: ("single" | "largest" | "all" | "cropped") | null;
                /** @description Grad-CAM (Selvaraju et al., ICCV 2017), the only one there is. */
                method?: "grad-cam";
                /** @description A version, or an alias such as `production`, of a model that is served. Unset: the split of the traffic decides, the same for the same key or picture. */
                model?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description The face as the model sees it, under the heat. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description Malformed request: `malformed_request`, `missing_file`, `invalid_base64`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body was too slow: `request_timeout`. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused as things stand: `promotion_refused`, `registry_failed`, `job_conflict`, `label_conflict`, `not_explainable`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too large: `body_too_large`, `too_many_pixels`, `too_many_files`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not a picture that is taken: `unsupported_format`, `unsupported_media_type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health_health_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description The model is being loaded, or could not be, or hangs. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotReady"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    live_health_live_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: string;
                    };
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health_health_ready_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description The model is being loaded, or could not be, or hangs. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotReady"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_jobs_jobs_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobsAnswer"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused as things stand: `promotion_refused`, `registry_failed`, `job_conflict`, `label_conflict`, `not_explainable`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_job_jobs__job_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDetail"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused as things stand: `promotion_refused`, `registry_failed`, `job_conflict`, `label_conflict`, `not_explainable`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_job_jobs__job_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAnswer"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused as things stand: `promotion_refused`, `registry_failed`, `job_conflict`, `label_conflict`, `not_explainable`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_log_jobs__job_id__log_get: {
        parameters: {
            query?: {
                /** @description Of the end of it. */
                lines?: number;
            };
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused as things stand: `promotion_refused`, `registry_failed`, `job_conflict`, `label_conflict`, `not_explainable`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    metrics_metrics_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    model_card_model_card_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_models_models_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsAnswer"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused as things stand: `promotion_refused`, `registry_failed`, `job_conflict`, `label_conflict`, `not_explainable`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    promote_version_models__version__promote_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PromotionRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecisionAnswer"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `promotion_refused`, `registry_failed`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["PromotionProblem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compare_models_models_compare_get: {
        parameters: {
            query?: {
                /** @description Days to look back. */
                since?: number;
                /** @description Versions or aliases, separated by commas; unset: all with traffic. */
                versions?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComparisonAnswer"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused as things stand: `promotion_refused`, `registry_failed`, `job_conflict`, `label_conflict`, `not_explainable`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    roll_back_models_rollback_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsAnswer"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused as things stand: `promotion_refused`, `registry_failed`, `job_conflict`, `label_conflict`, `not_explainable`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_traffic_models_traffic_put: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrafficRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsAnswer"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused as things stand: `promotion_refused`, `registry_failed`, `job_conflict`, `label_conflict`, `not_explainable`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    predict_predict_post: {
        parameters: {
            query?: {
                /** @description Further heads of the model to answer, by name (`GET /capabilities` lists them), separated by commas or repeated; a JSON body may say `attributes` instead. Empty: none. Unset: the service's setting. */
                attributes?: string[] | null;
                /** @description `single` refuses none or several faces, `largest` takes the largest, `all` answers for each, `cropped` takes the whole picture as one face. Unset: the service's setting. */
                faces?: ("single" | "largest" | "all" | "cropped") | null;
                /** @description A version, or an alias such as `production`, of a model that is served. Unset: the split of the traffic decides, the same for the same key or picture. */
                model?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "image": "/9j/4AAQSkZJRgABAQ…"
                 *     }
                 */
                "application/json": {
                    /**
                     * Attributes
                     * @description Further heads of the model to answer, by name.
                     */
                    attributes?: string[] | null;
                    /**
                     * Image
                     * @description Standard base64, bare or as a `data:image/…;base64,` URI, wrapped or not.
                     */
                    image: string;
                };
                "image/*": string;
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PredictionAnswer"];
                };
            };
            /** @description Malformed request: `malformed_request`, `missing_file`, `invalid_base64`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body was too slow: `request_timeout`. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too large: `body_too_large`, `too_many_pixels`, `too_many_files`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not a picture that is taken: `unsupported_format`, `unsupported_media_type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    predict_batch_predict_batch_post: {
        parameters: {
            query?: {
                /** @description Further heads of the model to answer, by name (`GET /capabilities` lists them), separated by commas or repeated; a JSON body may say `attributes` instead. Empty: none. Unset: the service's setting. */
                attributes?: string[] | null;
                /** @description `single` refuses none or several faces, `largest` takes the largest, `all` answers for each, `cropped` takes the whole picture as one face. Unset: the service's setting. */
                faces?: ("single" | "largest" | "all" | "cropped") | null;
                /** @description A version, or an alias such as `production`, of a model that is served. Unset: the split of the traffic decides, the same for the same key or picture. */
                model?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "images": [
                 *         "/9j/4AAQSkZJRgABAQ…"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /**
                     * Attributes
                     * @description Further heads of the model to answer, by name.
                     */
                    attributes?: string[] | null;
                    /**
                     * Images
                     * @description Each as the `image` of one picture.
                     */
                    images: string[];
                };
                "multipart/form-data": {
                    files: string[];
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
            /** @description Malformed request: `malformed_request`, `missing_file`, `invalid_base64`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body was too slow: `request_timeout`. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too large: `body_too_large`, `too_many_pixels`, `too_many_files`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not a picture that is taken: `unsupported_format`, `unsupported_media_type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_parameter`, `unknown_attribute`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    predict_file_predict_file_post: {
        parameters: {
            query?: {
                /** @description Further heads of the model to answer, by name (`GET /capabilities` lists them), separated by commas or repeated; a JSON body may say `attributes` instead. Empty: none. Unset: the service's setting. */
                attributes?: string[] | null;
                /** @description `single` refuses none or several faces, `largest` takes the largest, `all` answers for each, `cropped` takes the whole picture as one face. Unset: the service's setting. */
                faces?: ("single" | "largest" | "all" | "cropped") | null;
                /** @description A version, or an alias such as `production`, of a model that is served. Unset: the split of the traffic decides, the same for the same key or picture. */
                model?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PredictionAnswer"];
                };
            };
            /** @description Malformed request: `malformed_request`, `missing_file`, `invalid_base64`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body was too slow: `request_timeout`. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too large: `body_too_large`, `too_many_pixels`, `too_many_files`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not a picture that is taken: `unsupported_format`, `unsupported_media_type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_predictions_predictions_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                model_version?: string | null;
                outcome?: components["schemas"]["Outcome"] | null;
                /** @description A label of the model, or of the default. */
                prediction?: string | null;
                /** @description Of the file that was sent. */
                sha256?: string | null;
                /** @description From this time on. */
                since?: string | null;
                /** @description Whether to count them. */
                total?: boolean;
                /** @description Before this time. */
                until?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryPage"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_predictions_predictions_delete: {
        parameters: {
            query: {
                /** @description Everything before this time. */
                until: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Purged"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_predictions_predictions_csv_get: {
        parameters: {
            query?: {
                model_version?: string | null;
                outcome?: components["schemas"]["Outcome"] | null;
                /** @description A label of the model, or of the default. */
                prediction?: string | null;
                /** @description Of the file that was sent. */
                sha256?: string | null;
                /** @description From this time on. */
                since?: string | null;
                /** @description Before this time. */
                until?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_prediction_predictions__identity__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Remembered"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_prediction_predictions__identity__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    correct_predictions__identity__feedback_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                identity: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "label": "female"
                 *     }
                 */
                "application/json": {
                    /** @description A label of the model's first head. */
                    label: string;
                };
                "multipart/form-data": {
                    /** Format: binary */
                    file?: string;
                    /** @description A label of the model's first head. */
                    label: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Correction"];
                };
            };
            /** @description Malformed request: `malformed_request`, `missing_file`, `invalid_base64`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body was too slow: `request_timeout`. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused as things stand: `promotion_refused`, `registry_failed`, `job_conflict`, `label_conflict`, `not_explainable`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too large: `body_too_large`, `too_many_pixels`, `too_many_files`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not a picture that is taken: `unsupported_format`, `unsupported_media_type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The sample pool is full: `pool_full`. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retrain_retrain_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RetrainRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAnswer"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused as things stand: `promotion_refused`, `registry_failed`, `job_conflict`, `label_conflict`, `not_explainable`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    count_samples_samples_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SampleCounts"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_sample_samples_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                    /** @description A label of the model's first head. */
                    label: string;
                };
            };
        };
        responses: {
            /** @description The pool had the picture, so labelled. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SampleAnswer"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SampleAnswer"];
                };
            };
            /** @description Malformed request: `malformed_request`, `missing_file`, `invalid_base64`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body was too slow: `request_timeout`. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused as things stand: `promotion_refused`, `registry_failed`, `job_conflict`, `label_conflict`, `not_explainable`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too large: `body_too_large`, `too_many_pixels`, `too_many_files`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not a picture that is taken: `unsupported_format`, `unsupported_media_type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The sample pool is full: `pool_full`. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_samples_samples_delete: {
        parameters: {
            query?: {
                /** @description All of them; needed where no time is given. */
                all?: boolean;
                /** @description All that were added before this time. */
                before?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Purged"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_sample_samples__sha256__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sha256: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    protocol_live_v2_health_live_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: boolean;
                    };
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    protocol_ready_v2_health_ready_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    protocol_model_v2_models__name__get: {
        parameters: {
            query?: {
                version?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    infer_v2_models__name__infer_post: {
        parameters: {
            query?: {
                /** @description Further heads of the model to answer, by name (`GET /capabilities` lists them), separated by commas or repeated; a JSON body may say `attributes` instead. Empty: none. Unset: the service's setting. */
                attributes?: string[] | null;
                /** @description `single` refuses none or several faces, `largest` takes the largest, `all` answers for each, `cropped` takes the whole picture as one face. Unset: the service's setting. */
                faces?: ("single" | "largest" | "all" | "cropped") | null;
                /** @description A version, or an alias such as `production`, of a model that is served. Unset: the split of the traffic decides, the same for the same key or picture. */
                model?: string | null;
                version?: string;
            };
            header?: {
                "inference-header-content-length"?: string | null;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "inputs": [
                 *         {
                 *           "name": "image",
                 *           "datatype": "BYTES",
                 *           "shape": [
                 *             1
                 *           ],
                 *           "data": [
                 *             "/9j/4AAQSkZJRgABAQ…"
                 *           ]
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": Record<string, never>;
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed request: `malformed_request`, `missing_file`, `invalid_base64`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body was too slow: `request_timeout`. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too large: `body_too_large`, `too_many_pixels`, `too_many_files`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    protocol_model_ready_v2_models__name__ready_get: {
        parameters: {
            query?: {
                version?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    protocol_model_v2_models__name__versions__version__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    infer_v2_models__name__versions__version__infer_post: {
        parameters: {
            query?: {
                /** @description Further heads of the model to answer, by name (`GET /capabilities` lists them), separated by commas or repeated; a JSON body may say `attributes` instead. Empty: none. Unset: the service's setting. */
                attributes?: string[] | null;
                /** @description `single` refuses none or several faces, `largest` takes the largest, `all` answers for each, `cropped` takes the whole picture as one face. Unset: the service's setting. */
                faces?: ("single" | "largest" | "all" | "cropped") | null;
                /** @description A version, or an alias such as `production`, of a model that is served. Unset: the split of the traffic decides, the same for the same key or picture. */
                model?: string | null;
            };
            header?: {
                "inference-header-content-length"?: string | null;
            };
            path: {
                name: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "inputs": [
                 *         {
                 *           "name": "image",
                 *           "datatype": "BYTES",
                 *           "shape": [
                 *             1
                 *           ],
                 *           "data": [
                 *             "/9j/4AAQSkZJRgABAQ…"
                 *           ]
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": Record<string, never>;
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Malformed request: `malformed_request`, `missing_file`, `invalid_base64`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No API key, or one that opens nothing: `invalid_key`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not for this key, or not turned on: `forbidden`, `turned_off`, `cross_origin`, `forwarded`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body was too slow: `request_timeout`. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too large: `body_too_large`, `too_many_pixels`, `too_many_files`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused: `no_person`, `many_people`, `truncated`, `corrupt_image`, `too_small`, `invalid_parameter`, `unknown_attribute`, `picture_mismatch`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Refusal"] | components["schemas"]["Problem"];
                };
            };
            /** @description Too often: `rate_limited`; see Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A failure of ours: `detector_failed`, `internal_error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    protocol_model_ready_v2_models__name__versions__version__ready_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description No such thing: `not_found`, `version_not_found`, `job_not_found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `not_ready`, `overloaded`, `database_unavailable`, `store_timeout`; see Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other failure, such as `not_found`, `unknown_host` or `internal_error`. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
