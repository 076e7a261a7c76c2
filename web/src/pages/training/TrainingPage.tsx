import { Unavailable } from "../../components/Unavailable";
import { JobCard } from "./JobCard";
import { useJobs } from "./query";
import { RetrainForm } from "./RetrainForm";
import { Samples } from "./Samples";

export default function TrainingPage() {
  const { data, error } = useJobs();
  return (
    <>
      <h1>Training</h1>
      <p className="lead">
        Labelled pictures make the next version; it takes over only where it is at least as good,
        for the worst group too.
      </p>
      {error ? (
        <Unavailable what="Training" error={error} />
      ) : (
        <>
          <Samples />
          <RetrainForm />
          <section aria-labelledby="jobs-title">
            <h2 id="jobs-title">Jobs</h2>
            {data?.count === 0 && <p className="notice">No retraining yet.</p>}
            <ul className="jobs">
              {data?.jobs.map((job) => (
                <JobCard key={job.id} job={job} />
              ))}
            </ul>
          </section>
        </>
      )}
    </>
  );
}
